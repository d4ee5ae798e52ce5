import { constants } from 'node:fs';
import { lstat, open, readdir, readFile, readlink, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Owner } from '../owner-file.ts';
import type { RunDir } from '../run-dir.ts';
import { withoutForeign } from '../../../../scripts/shared/descriptors.ts';

type SharedMemory = Owner['sharedMemory'];
type Segment = SharedMemory['segments'][number];

/** First word of a control segment (PG_DYNSHMEM_CONTROL_MAGIC, src/backend/storage/ipc/dsm.c). */
const CONTROL_MAGIC = 0x9a503d32;

/**
 * What a running server holds of the kernel's shared memory. It gives it back at its end, but not when it is killed with
 * SIGKILL. Empty where there is no /proc to look at.
 */
export async function sharedMemoryOf(dir: RunDir, pid: number): Promise<SharedMemory> {
  // In namespaces of its own all of it ends with the last process.
  if (!(await sharesIpc(pid))) return { segments: [], files: [] };
  const lockFile = await readOwn(join(dir.data, 'postmaster.pid'));
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8').catch(() => '');
  // Line 7 of postmaster.pid: key and id of the System V segment (src/include/utils/pidfile.h).
  const [key, id] = (lockFile.split('\n')[6] ?? '').trim().split(/\s+/).map(Number);
  const segments = key !== undefined && id !== undefined ? [{ key, id, creator: pid }] : [];
  return { segments, files: filesOfMaps(maps) };
}

/** A mapped file's line ends with `… <inode> <path>`. */
export function filesOfMaps(maps: string): SharedMemory['files'] {
  const mapped = [...maps.matchAll(/ (\d+)\s+(\/dev\/shm\/PostgreSQL\.\d+)$/gm)];
  const files = new Map(mapped.map(([, inode, path = '']) => [path, Number(inode)]));
  return [...files].map(([path, inode]) => ({ path, inode }));
}

async function sharesIpc(pid: number): Promise<boolean> {
  const [own, its] = await Promise.all(
    ['self', pid].map((of) => readlink(`/proc/${of}/ns/ipc`).catch(() => '')),
  );
  return own === its;
}

/** A file that the server's user could exchange: no link is followed, no pipe waited for. Empty where it is not a small file. */
async function readOwn(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (file === undefined) return '';
  try {
    const stats = await file.stat();
    return stats.isFile() && stats.size < 4096 ? await file.readFile('utf8') : '';
  } finally {
    await file.close();
  }
}

/** Removes what no process uses any more, and only what is still the thing that was written down. The servers must have ended. */
export async function removeSharedMemory({ segments, files }: SharedMemory): Promise<void> {
  for (const { path, inode } of files) {
    const stats = await lstat(path).catch(() => undefined);
    if (stats?.isFile() !== true || stats.ino !== inode) continue;
    for (const other of await listedIn(path, stats.uid)) await unlink(other).catch(() => undefined);
    await unlink(path);
  }
  const listed = await readFile('/proc/sysvipc/shm', 'utf8').catch(() => '');
  for (const { id } of segments.filter((segment) => isOrphan(listed, segment))) {
    await execa('ipcrm', ['-m', String(id)], {
      reject: false,
      timeout: 5_000,
      stdio: withoutForeign('ignore', 'pipe', 'pipe'),
    });
  }
}

/**
 * The server maps its control segment, which lists the handles of all segments that its children made; a handle is the
 * number in the file's name (src/backend/storage/ipc/dsm.c). Only files of the same user are meant.
 */
async function listedIn(controlFile: string, uid: number): Promise<string[]> {
  const bytes = await readNoFollow(controlFile);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 4));
  if (words[0] !== CONTROL_MAGIC) return [];
  const handles = new Set(words);
  const found: string[] = [];
  for (const name of await readdir(dirname(controlFile))) {
    if (!handles.has(Number(/^PostgreSQL\.(\d+)$/.exec(name)?.[1]))) continue;
    const stats = await lstat(join(dirname(controlFile), name)).catch(() => undefined);
    if (stats?.isFile() === true && stats.uid === uid) found.push(join(dirname(controlFile), name));
  }
  return found;
}

async function readNoFollow(path: string): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Columns of /proc/sysvipc/shm: key, shmid, perms, size, cpid, lpid, nattch, … */
export function isOrphan(listed: string, { key, id, creator }: Segment): boolean {
  const rows = listed.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return rows.some((row) => row[0] === key && row[1] === id && row[4] === creator && row[6] === 0);
}
