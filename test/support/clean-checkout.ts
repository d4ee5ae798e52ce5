import { cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { needs } from './needs.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Does git know what a clone of this checkout would hold? */
export function needsClone(): boolean {
  return needs(join(ROOT, '.git'), 'to know what a clone holds');
}

/** What a clone of this checkout would hold, with changes that are not committed yet, and the packages that are here. */
export async function cleanCheckout(
  folder: string,
  { withPackages = true }: { readonly withPackages?: boolean } = {},
): Promise<void> {
  const own = ['-c', 'safe.directory=*', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const deleted = ['-c', 'safe.directory=*', 'ls-files', '-z', '--deleted'];
  const [all, gone] = await Promise.all([own, deleted].map((args) => execa('git', args, { cwd: ROOT })));
  const missing = new Set(gone?.stdout.split('\0'));
  for (const file of all?.stdout.split('\0') ?? []) {
    if (file === '' || missing.has(file)) continue;
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(ROOT, file), join(folder, file));
  }
  if (withPackages) await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}
