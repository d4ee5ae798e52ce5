import { lstat, readFile, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { asError } from '../../scripts/shared/errors.ts';

/** Paths start at the package's root: `native/lib/libpq.so.5.18` is looked for as `native/lib/libpq.so.5` too. */
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Makes the links between shared libraries that a package of npm cannot carry; npm makes them itself only where install
 * scripts may run. Safe when several processes do it at once.
 * @param nativeDir a folder named `native` with pg-symlinks.json
 * @returns false where the folder cannot be written
 */
export async function makeLibraryLinks(nativeDir: string): Promise<boolean> {
  const root = dirname(nativeDir);
  const listed = await readFile(join(nativeDir, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of linksSchema.parse(JSON.parse(listed))) {
    const path = join(root, target);
    if (await exists(path)) continue;
    try {
      await symlink(relative(dirname(target), source), path);
    } catch (thrown) {
      const error: NodeJS.ErrnoException = asError(thrown);
      if (error.code === 'EROFS' || error.code === 'EACCES' || error.code === 'EPERM') return false;
      if (error.code !== 'EEXIST') throw error;
    }
  }
  return true;
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
