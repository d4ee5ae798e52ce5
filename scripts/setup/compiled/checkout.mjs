import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile } from './compile.mjs';

const INDEX = 'sources.json';
/** A run that was started before the sources changed may still read from the folder. */
const OLD_MS = 24 * 3_600_000;
/** They decide as well; npm writes the last of them whenever it changes a package. */
const ALSO = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'scripts/setup/compiled/compile.mjs',
  'node_modules/.package-lock.json',
];

/** Where compiled programs of a checkout lie: a folder for each state of the sources. */
const cacheOf = (root) => join(root, 'node_modules', '.cache', 'dress-rehearsal');

/**
 * The folder with the programs as compiled from the sources that are there now; undefined where none is.
 * No source is read: a file with the size, the inode and both times of before was not written since.
 */
export function compiledNow(root) {
  try {
    const { folder, sources, state } = JSON.parse(readFileSync(join(cacheOf(root), INDEX), 'utf8'));
    return stateOf(root, sources) === state && statSync(folder).isDirectory() ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** The same, and compiles where it must; undefined where that cannot be done, and whoever imports the sources will hear why. */
export async function compiledFolder(root) {
  return compiledNow(root) ?? (await compileNow(root).catch(() => undefined));
}

async function compileNow(root) {
  const cache = cacheOf(root);
  mkdirSync(cache, { recursive: true });
  removeOld(cache);
  const made = mkdtempSync(join(cache, 'programs-'));
  let isKept = false;
  try {
    const beganMs = Date.now();
    const rootUrl = JSON.stringify(pathToFileURL(`${root}/`).href);
    const compiled = await compile(root, made, { rootUrl });
    const sources = [...ALSO, ...compiled.filter((source) => !source.startsWith('node_modules/'))];
    const state = stateOf(root, sources);
    // What was written meanwhile may be in it or not.
    if (sources.some((source) => statSync(join(root, source)).ctimeMs >= beganMs)) return undefined;
    const index = join(made, INDEX);
    writeFileSync(index, JSON.stringify({ folder: made, sources, state }));
    renameSync(index, join(cache, INDEX));
    isKept = true;
    return made;
  } finally {
    if (!isKept) rmSync(made, { recursive: true, force: true });
  }
}

/** @throws where one of them is gone */
function stateOf(root, sources) {
  const hash = createHash('sha256');
  for (const source of sources) {
    const { size, ino, mtimeMs, ctimeMs } = statSync(`${root}/${source}`);
    hash.update(`${source} ${size} ${ino} ${mtimeMs} ${ctimeMs}\n`);
  }
  return hash.digest('hex');
}

function removeOld(cache) {
  for (const name of readdirSync(cache).filter((each) => each.startsWith('programs-'))) {
    const folder = join(cache, name);
    if (Date.now() - statSync(folder).mtimeMs > OLD_MS) rmSync(folder, { recursive: true, force: true });
  }
}
