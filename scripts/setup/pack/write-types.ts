import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
    const project = join(all, 'tsconfig.json');
    await writeFile(project, JSON.stringify(projectOf(entries, all)));
    const tsc = join(OWN_ROOT, 'node_modules/typescript/bin/tsc');
    await execa(process.execPath, [tsc, '--project', project], { cwd: OWN_ROOT, timeout: COMPILE_MS });
    for (const module of await reachable(entries, all)) {
      await mkdir(dirname(join(folder, module)), { recursive: true });
      await cp(join(all, `${module}.d.ts`), join(folder, `${module}.d.ts`));
    }
  } finally {
    await rm(all, { recursive: true });
  }
}

/** The checkout's settings for those modules alone: tests and programs may keep names to themselves that a declaration would need. */
function projectOf(entries: readonly string[], outDir: string): object {
  return {
    extends: join(OWN_ROOT, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      noCheck: true,
      rootDir: OWN_ROOT,
      outDir,
      typeRoots: [join(OWN_ROOT, 'node_modules/@types')],
    },
    files: entries.map((module) => join(OWN_ROOT, `${module}.ts`)),
    include: [],
  };
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
