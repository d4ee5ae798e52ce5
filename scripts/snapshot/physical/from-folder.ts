import { constants, type Dirent } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RehearsalError } from '../../shared/errors.ts';
import { NOT_OF_A_COPY } from './left-out.ts';

/** Files that are copied side by side. */
const AT_A_TIME = 8;

/** @throws SNAPSHOT_INVALID where it is none */
export async function majorOfFolder(dir: string, shown: string): Promise<number> {
  const text = await readFile(join(dir, 'PG_VERSION'), 'utf8').catch(() => '');
  const major = parseInt(text, 10);
  if (major > 0) return major;
  throw new RehearsalError(
    'SNAPSHOT_INVALID',
    `${shown} is no data folder of PostgreSQL: PG_VERSION is missing`,
  );
}

/**
 * The process that runs on the folder: the one that its lock file names, if it works there (postmaster changes into its data folder).
 * A lock file that came with a copy names somebody else.
 */
export async function serverOn(dir: string): Promise<number | undefined> {
  const lock = await readFile(join(dir, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = parseInt(lock, 10);
  if (!(pid > 0)) return undefined;
  const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (cwd !== undefined) return cwd === (await realpath(dir)) ? pid : undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid : undefined;
  }
}

/**
 * Copies the folder without whatever belongs to a running server, by reference where the file system can. What lies behind its links
 * (WAL, tablespaces) is copied into their places.
 * @param onFile called with the bytes of each file
 * @returns the folders behind links of pg_tblspc
 * @throws SNAPSHOT_INVALID where a link leads nowhere
 */
export async function copyDataFolder(
  from: string,
  to: string,
  { shown, signal, onFile }: { shown: string; signal: AbortSignal; onFile: (bytes: number) => void },
): Promise<string[]> {
  const linked: string[] = [];
  const files: { from: string; to: string }[] = [];
  const walk = async (at: string, inside: string): Promise<void> => {
    signal.throwIfAborted();
    await mkdir(join(to, inside), { mode: 0o700 });
    for (const entry of await readdir(at, { withFileTypes: true })) {
      const below = inside === '' ? entry.name : `${inside}/${entry.name}`;
      if (NOT_OF_A_COPY.test(below)) continue;
      const path = await followed(join(at, entry.name), below, entry);
      if (path === undefined) continue;
      if ((await stat(path)).isDirectory()) await walk(path, below);
      else files.push({ from: path, to: join(to, below) });
    }
  };
  const followed = async (path: string, below: string, entry: Dirent): Promise<string | undefined> => {
    if (entry.isDirectory() || entry.isFile()) return path;
    if (!entry.isSymbolicLink() || !/^(?:pg_wal|pg_tblspc\/\d+)$/.test(below)) return undefined;
    const target = await realpath(path).catch(() => undefined);
    if (target === undefined)
      throw new RehearsalError('SNAPSHOT_INVALID', `${shown}: the link ${below} leads nowhere`);
    if (below.startsWith('pg_tblspc/')) linked.push(target);
    return target;
  };
  await walk(from, '');
  const left = files.values();
  const copySome = async (): Promise<void> => {
    for (const file of left) {
      signal.throwIfAborted();
      await copyFile(file.from, file.to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      onFile((await lstat(file.to)).size);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, copySome));
  return linked;
}

/** Of all files below it, links followed, in bytes. */
export async function folderBytes(dir: string): Promise<number> {
  let total = 0;
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    const found = await stat(path).catch(() => undefined);
    total += found?.isDirectory() ? await folderBytes(path) : (found?.size ?? 0);
  }
  return total;
}
