import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';

/** What happens to the bytes of a file; `at` is a share of its length. */
type Edit =
  | {
      readonly kind: 'cut' | 'empty' | 'repeat-line' | 'swap-lines';
      readonly file: number;
      readonly at: number;
    }
  | {
      readonly kind: 'flip' | 'insert' | 'append';
      readonly file: number;
      readonly at: number;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'edit-number'; readonly file: number; readonly at: number; readonly text: string };

/** What happens to a file as a whole. */
type Move =
  | { readonly kind: 'delete' | 'duplicate' | 'pipe' | 'folder' | 'link'; readonly file: number }
  | { readonly kind: 'swap-files' | 'of-other-run'; readonly file: number; readonly other: number };

type Change = Edit | Move;

const at = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const file = fc.nat(30);
const HOSTILE = [
  '-1',
  '1e308',
  '1e999',
  '-0',
  'null',
  '"__proto__"',
  '[[[[[[]]]]]]',
  '{}',
  '9007199254740993',
  '0.1',
];

export const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constantFrom('cut', 'empty', 'repeat-line', 'swap-lines' as const), file, at }),
  fc.record({
    kind: fc.constantFrom('flip', 'insert', 'append' as const),
    file,
    at,
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  }),
  fc.record({ kind: fc.constant('edit-number' as const), file, at, text: fc.constantFrom(...HOSTILE) }),
  fc.record({ kind: fc.constantFrom('swap-files', 'of-other-run' as const), file, other: file }),
  fc.record({ kind: fc.constantFrom('delete', 'duplicate', 'pipe', 'folder', 'link' as const), file }),
);

/** @param other another run's folder, for files that get mixed up */
export async function apply(run: string, other: string, one: Change): Promise<void> {
  const names = await filesBelow(run);
  const name = names[one.file % names.length] ?? '';
  const path = join(run, name);
  if ('at' in one) {
    if ((await lstat(path)).isFile()) await writeFile(path, edited(await readFile(path), one));
    return;
  }
  switch (one.kind) {
    case 'delete':
      return rm(path, { recursive: true });
    case 'duplicate':
      if ((await lstat(path)).isFIFO()) return; // cp says no
      return cp(path, join(run, 'artifacts', `copy-${name.replaceAll('/', '-')}`));
    case 'swap-files': {
      const second = join(run, names[one.other % names.length] ?? '');
      if (second === path) return;
      await rename(path, `${path}.swap`);
      await rename(second, path);
      return rename(`${path}.swap`, second);
    }
    case 'of-other-run': {
      const theirs = await filesBelow(other);
      await rm(path);
      return cp(join(other, theirs[one.other % theirs.length] ?? ''), path);
    }
    case 'pipe':
      await rm(path);
      await promisify(execFile)('mkfifo', [path]);
      return;
    case 'folder':
      await rm(path);
      await mkdir(path);
      return;
    case 'link':
      if (name === 'moved') return;
      await rename(path, join(run, 'moved'));
      return symlink(join(run, 'moved'), path);
  }
}

function edited(bytes: Buffer, one: Edit): Buffer {
  const place = Math.floor(one.at * bytes.length);
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  switch (one.kind) {
    case 'cut':
      return before;
    case 'empty':
      return Buffer.alloc(0);
    case 'append':
      return Buffer.concat([bytes, one.bytes]);
    case 'insert':
      return Buffer.concat([before, one.bytes, after]);
    case 'flip':
      return Buffer.concat([before, one.bytes, after.subarray(one.bytes.length)]);
    case 'edit-number':
      return Buffer.concat([
        before,
        Buffer.from(after.toString('latin1').replace(/-?\d[\d.]*/, one.text), 'latin1'),
      ]);
    case 'repeat-line':
    case 'swap-lines': {
      const lines = bytes.toString('latin1').split('\n');
      const line = Math.floor(one.at * lines.length);
      const [first = '', second = ''] = lines.slice(line);
      lines.splice(line, 2, ...(one.kind === 'swap-lines' ? [second, first] : [first, first, second]));
      return Buffer.from(lines.join('\n'), 'latin1');
    }
  }
}

/** All that is not a folder, in order; paths from `root` on. */
async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

/** What stands at each path: a hash of a file's bytes, else its kind. Folders too, since one may stand in a file's place. */
export async function treeOf(root: string): Promise<Map<string, string>> {
  const tree = new Map<string, string>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const kind = entry.isFile()
      ? createHash('sha256')
          .update(await readFile(path))
          .digest('hex')
      : entry.isDirectory()
        ? 'folder'
        : entry.isFIFO()
          ? 'pipe'
          : 'link';
    tree.set(path.slice(root.length + 1), kind);
  }
  return tree;
}

/** Paths whose content differs. */
export function differences(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((path) => a.get(path) !== b.get(path)).sort();
}
