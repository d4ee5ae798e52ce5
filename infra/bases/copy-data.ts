import { constants } from 'node:fs';
import { cp, lstat, open, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Of a clean shutdown the segment at hand is needed, and of the recycled ones behind it a few are enough. */
const WAL_SEGMENTS = 4;
const SEGMENT = /^[0-9A-F]{24}$/;
/** What one run of a server leaves behind, and the next must not find. */
const OF_ONE_RUN = new Set(['postmaster.pid', 'postmaster.opts', 'server.log']);

/**
 * Copies a stopped server's data folder: by reference where the file system can (XFS, Btrfs, APFS), else byte for byte.
 * @param firstSegment name of the oldest WAL segment that is needed; undefined = all are copied
 */
export async function copyData(from: string, to: string, firstSegment?: string): Promise<void> {
  const segments = firstSegment === undefined ? undefined : await neededSegments(from, firstSegment);
  await cp(from, to, {
    recursive: true,
    errorOnExist: true,
    force: false,
    mode: constants.COPYFILE_FICLONE,
    filter: (path) => {
      const inside = relative(from, path);
      if (OF_ONE_RUN.has(inside)) return false;
      const segment = /^pg_wal[/\\](.*)$/.exec(inside)?.[1] ?? '';
      return segments === undefined || !SEGMENT.test(segment) || segments.has(segment);
    },
  });
}

async function neededSegments(data: string, first: string): Promise<Set<string>> {
  const names = (await readdir(join(data, 'pg_wal'))).filter((name) => SEGMENT.test(name) && name >= first);
  return new Set(names.sort().slice(0, WAL_SEGMENTS));
}

/** Path below `dir`, with forward slashes, and size of every file. @throws where something is neither file nor folder */
export async function filesOf(dir: string): Promise<Record<string, number>> {
  const files: Record<string, number> = {};
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) continue;
    if (!entry.isFile()) throw new Error(`${path} is not a file`);
    files[relative(dir, path).replaceAll('\\', '/')] = (await lstat(path)).size;
  }
  return files;
}

/** All of it on the disk, so that a rename after this means a whole base also when the power fails. */
export async function syncAll(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!entry.isDirectory() && !entry.isFile()) continue;
    await syncOne(join(entry.parentPath, entry.name));
  }
  await syncOne(dir);
}

export async function syncOne(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
