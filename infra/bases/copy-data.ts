import { constants, fsync, type Dirent } from 'node:fs';
import { copyFile, lstat, mkdir, open, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

/** Of a clean shutdown the segment at hand is needed, and of the recycled ones behind it a few are enough. */
const WAL_SEGMENTS = 4;
const SEGMENT = /^[0-9A-F]{24}$/;
/** What one run of a server leaves behind, and the next must not find. */
const OF_ONE_RUN = new Set(['postmaster.pid', 'postmaster.opts', 'server.log']);
const syncFile = promisify(fsync);
const { COPYFILE_EXCL, COPYFILE_FICLONE } = constants;

/**
 * Copies a stopped server's data folder to where nothing is: by reference where the file system can (XFS, Btrfs, APFS), else byte for
 * byte. Many files at a time: there are a thousand small ones, and `fs.cp` takes three times as long.
 * @param firstSegment name of the oldest WAL segment that is needed; undefined = all are copied
 * @throws where something is neither file nor folder
 */
export async function copyData(from: string, to: string, firstSegment?: string): Promise<void> {
  const segments = firstSegment === undefined ? undefined : await neededSegments(from, firstSegment);
  const isWanted = (inside: string, name: string): boolean => {
    if (inside === '') return !OF_ONE_RUN.has(name);
    return inside !== 'pg_wal' || segments === undefined || !SEGMENT.test(name) || segments.has(name);
  };
  const copyFolder = async (inside: string): Promise<void> => {
    await mkdir(join(to, inside), { mode: 0o700 });
    const entries = await readdir(join(from, inside), { withFileTypes: true });
    await Promise.all(entries.filter(({ name }) => isWanted(inside, name)).map((each) => copy(inside, each)));
  };
  const copy = async (inside: string, entry: Dirent): Promise<void> => {
    const path = join(inside, entry.name);
    if (entry.isDirectory()) return copyFolder(path);
    requireFile(entry);
    return copyFile(join(from, path), join(to, path), COPYFILE_EXCL | COPYFILE_FICLONE);
  };
  await copyFolder('');
}

async function neededSegments(data: string, first: string): Promise<Set<string>> {
  const names = (await readdir(join(data, 'pg_wal'))).filter((name) => SEGMENT.test(name) && name >= first);
  return new Set(names.sort().slice(0, WAL_SEGMENTS));
}

/** Path below `dir`, with forward slashes, and size of every file. @throws where something is neither file nor folder */
export async function filesOf(dir: string): Promise<Record<string, number>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const sizeOf = async (entry: Dirent): Promise<[string, number]> => {
    requireFile(entry);
    const path = join(entry.parentPath, entry.name);
    return [relative(dir, path).replaceAll('\\', '/'), (await lstat(path)).size];
  };
  return Object.fromEntries(await Promise.all(entries.filter((entry) => !entry.isDirectory()).map(sizeOf)));
}

function requireFile(entry: Dirent): void {
  if (!entry.isFile()) throw new Error(`${join(entry.parentPath, entry.name)} is not a file`);
}

/** Their descriptors are open at the same time. A journal writes out many at a time as fast as one. */
const SYNCED_AT_A_TIME = 16;

/** All of it on the disk, so that a rename after this means a whole base also when the power fails. */
export async function syncAll(dir: string): Promise<void> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isDirectory() || entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .values();
  const syncSome = async (): Promise<void> => {
    for (const path of paths) await syncOne(path);
  };
  await Promise.all(Array.from({ length: SYNCED_AT_A_TIME }, syncSome));
  await syncOne(dir);
}

export async function syncOne(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await syncFile(file.fd); // the FileHandle of Yarn's Plug'n'Play has no sync()
  } finally {
    await file.close();
  }
}
