import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** As .gitignore has it, for a tree that came without its repository. */
const IGNORED = new Set(['node_modules', 'runs', 'coverage', '.rehearse', '.env']);

/** What a clone of this checkout would hold, with changes that are not committed yet, and the packages that are here. */
export async function cleanCheckout(
  folder: string,
  { withPackages = true }: { readonly withPackages?: boolean } = {},
): Promise<void> {
  for (const file of existsSync(join(ROOT, '.git')) ? await tracked() : await present(ROOT)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(ROOT, file), join(folder, file));
  }
  if (withPackages) await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

async function tracked(): Promise<string[]> {
  const list = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await execa('git', list, { cwd: ROOT });
  return stdout.split('\0').filter((file) => file !== '' && existsSync(join(ROOT, file)));
}

async function present(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const kept = entries.filter(({ name }) => !IGNORED.has(name));
  const files = kept.filter((entry) => entry.isFile()).map(({ name }) => relative(ROOT, join(folder, name)));
  const below = await Promise.all(
    kept.filter((entry) => entry.isDirectory()).map(({ name }) => present(join(folder, name))),
  );
  return [...files, ...below.flat()];
}
