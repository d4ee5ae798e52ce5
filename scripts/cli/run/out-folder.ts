import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asError, RehearsalError } from '../../shared/errors.ts';
import { PRIVATE_FOLDER } from '../../shared/places/user-project.ts';

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT']);

const NO_FOLDER = 'a part of it is there and is not a folder';
const NOT_YOURS = 'it is not yours to write (permission denied)';
const REASONS: Readonly<Record<string, string>> = {
  EEXIST: NO_FOLDER,
  ENOTDIR: NO_FOLDER,
  EACCES: NOT_YOURS,
  EPERM: NOT_YOURS,
  ENOENT: 'no folder can be made there',
  EROFS: 'its file system is read-only',
};

/**
 * Makes the folder of run folders, and a folder in it that goes again: what cannot be written later is told before anything starts.
 * @param shown the folder as the caller wrote it
 * @throws USAGE, or DISK_FULL
 */
export async function requireWritable(folder: string, shown: string): Promise<void> {
  try {
    await makeFolder(folder);
    await keepFromGit(folder);
    if (!(await stat(folder)).isDirectory()) throw new Error('it is not a folder');
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    await rmdir(await mkdtemp(join(folder, '.rehearse-')));
  } catch (error) {
    const cause: NodeJS.ErrnoException = asError(error);
    const full = NO_SPACE.has(cause.code ?? '');
    throw new RehearsalError(
      full ? 'DISK_FULL' : 'USAGE',
      `--out ${shown} cannot be written: ${reason(cause)}`,
      { hint: full ? 'make room there, or name another folder' : 'name a folder of your own', cause },
    );
  }
}

/** Rows may stand in what runs leave: git passes over the folder that we made for them. */
async function keepFromGit(folder: string): Promise<void> {
  const own = dirname(folder);
  if (basename(own) !== PRIVATE_FOLDER) return;
  await writeFile(join(own, '.gitignore'), '*\n', { flag: 'wx' }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
}

/** With those above it. Node.js's own `recursive` never ends where the kernel makes no folders, as below /proc. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT') throw error;
    await makeFolder(dirname(path));
    await mkdir(path);
  }
}

function reason({ code = '', message }: NodeJS.ErrnoException): string {
  return REASONS[code] ?? (code === '' ? message : code);
}
