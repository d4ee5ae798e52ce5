import { chmod, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, extname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { bundleStandbyTool } from '../../../infra/components/standby-tool/bundle.ts';
import { buildBundle } from '../../job/build-bundle.ts';
import { OWN_ROOT } from '../../shared/places/own-files.mjs';
import { compile } from '../compiled/compile.mjs';
import { writeTypes } from './write-types.ts';

/*
 * `npm pack` runs this first: the folder `dist`, which has the shape of the checkout with JavaScript in the place of TypeScript,
 * and the bundles that a checkout makes when it needs them. Node.js runs it with the packages of `dependencies` alone.
 */

const DIST = join(OWN_ROOT, 'dist');
const SOURCES = ['scripts', 'infra'];
/** What only a checkout has a use for. */
const LEFT_OUT =
  /\.(test|property\.test|fixture)\.tsx?$|-fixture\.ts$|\.d\.mts$|^scripts\/setup\/(pack|references|docs\.ts|test\.mjs|engine\/.*\/go\.)/;
const DOCUMENTS = ['docs/schema/rehearsal.schema.json', 'docs/schema/result.schema.json'];

/** What the package exports, as modules below OWN_ROOT. */
const ENTRIES = ['scripts/api/index', 'infra/stack/component'];

async function buildPackage(): Promise<void> {
  await removeOld();
  const files = (await Promise.all(SOURCES.map(filesIn))).flat().filter((file) => !LEFT_OUT.test(file));
  const isCode = (file: string): boolean => ['.ts', '.tsx'].includes(extname(file));
  await transpile(files.filter(isCode));
  for (const file of [...files.filter((each) => !isCode(each)), ...DOCUMENTS]) await copy(file);
  await compile(OWN_ROOT, join(DIST, 'compiled'), {
    rootUrl: "new URL('..',import.meta.url).href",
    asInstalled: true,
  });
  await writeFile(join(DIST, 'scripts/job/driver.mjs'), await buildBundle());
  await bundleStandbyTool(join(DIST, 'infra/components/standby-tool/standby-tool.mjs'));
  await writeTypes(ENTRIES, DIST);
  await writeManifest();
  await chmod(join(DIST, 'scripts/setup/rehearse.mjs'), 0o755);
}

/** Only what an earlier build has made. */
async function removeOld(): Promise<void> {
  const isOurs = await stat(join(DIST, 'package.json')).then(
    () => true,
    () => false,
  );
  if (isOurs) await rm(DIST, { recursive: true });
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(OWN_ROOT, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(OWN_ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

async function transpile(files: readonly string[]): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: files.map((file) => join(OWN_ROOT, file)),
    outdir: DIST,
    outbase: OWN_ROOT,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    tsconfig: join(OWN_ROOT, 'tsconfig.json'),
  });
  for (const { path, text } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, withJavaScriptNames(text));
  }
}

/** `import './x.ts'` names the file that is there now. */
function withJavaScriptNames(code: string): string {
  return code.replace(/((?:from|import)\s*\(?\s*"\.{1,2}\/[^"\n]*)\.tsx?"/g, '$1.js"');
}

async function copy(file: string): Promise<void> {
  await mkdir(dirname(join(DIST, file)), { recursive: true });
  await cp(join(OWN_ROOT, file), join(DIST, file));
}

/** So that the built files are ES modules, and know the version they are of. */
async function writeManifest(): Promise<void> {
  const text = await readFile(join(OWN_ROOT, 'package.json'), 'utf8');
  const { name, version, type } = JSON.parse(text) as Record<string, unknown>;
  await writeFile(join(DIST, 'package.json'), `${JSON.stringify({ name, version, type }, null, 2)}\n`);
}

if (process.argv[1] === import.meta.filename) await buildPackage();
