import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { OWN_ROOT } from '../../shared/places/own-files.mjs';

const COMPILE_MS = 180_000;

/**
 * The declarations of those modules, and of no more than they need.
 * @param entries modules below OWN_ROOT without extension
 * @param folder gets them in the same shape
 */
export async function writeTypes(entries: readonly string[], folder: string): Promise<void> {
  const all = await mkdtemp(join(tmpdir(), 'rehearse-types-'));
  try {
    await execa(
      process.execPath,
      [
        join(OWN_ROOT, 'node_modules/typescript/bin/tsc'),
        ...['--project', join(OWN_ROOT, 'tsconfig.json'), '--noEmit', 'false', '--declaration'],
        ...['--emitDeclarationOnly', '--noCheck', '--rootDir', OWN_ROOT, '--outDir', all],
      ],
      { cwd: OWN_ROOT, timeout: COMPILE_MS },
    );
    for (const module of await reachable(entries, all)) {
      await mkdir(dirname(join(folder, module)), { recursive: true });
      await cp(join(all, `${module}.d.ts`), join(folder, `${module}.d.ts`));
    }
  } finally {
    await rm(all, { recursive: true });
  }
}

/** The modules that declarations name, from those on. */
async function reachable(entries: readonly string[], folder: string): Promise<string[]> {
  const found = new Set(entries);
  for (const module of found) {
    const text = await readFile(join(folder, `${module}.d.ts`), 'utf8');
    for (const [, path = ''] of text.matchAll(/(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)\.tsx?['"]/g))
      found.add(join(dirname(module), path));
  }
  return [...found];
}
