import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Owner } from './owner.ts';
import type { RunDir } from './run-dir.ts';

type SharedMemory = Owner['sharedMemory'];

/**
 * What a running server holds of the kernel's shared memory. It gives it back at its end, but not when it is killed with
 * SIGKILL. Empty where there is no /proc to look at.
 */
export async function sharedMemoryOf(dir: RunDir, pid: number): Promise<SharedMemory> {
  const lockFile = await readFile(join(dir.data, 'postmaster.pid'), 'utf8').catch(() => '');
  const maps = await readFile(`/proc/${pid}/maps`, 'utf8').catch(() => '');
  // Line 7 of postmaster.pid: key and id of the System V segment (src/include/utils/pidfile.h).
  const [key, id] = (lockFile.split('\n')[6] ?? '').trim().split(/\s+/).map(Number);
  const segments = key !== undefined && id !== undefined ? [{ key, id }] : [];
  const files = maps.match(/\/dev\/shm\/PostgreSQL\.\d+$/gm) ?? [];
  return { segments, files: [...new Set<string>(files)] };
}

/** Removes what no process uses any more. The servers must have ended. */
export async function removeSharedMemory({ segments, files }: SharedMemory): Promise<void> {
  for (const file of files) {
    for (const other of await listedIn(file)) await rm(other, { force: true });
    await rm(file, { force: true });
  }
  const listed = await readFile('/proc/sysvipc/shm', 'utf8').catch(() => '');
  for (const { id } of segments.filter((segment) => isOrphan(listed, segment))) {
    await execa('ipcrm', ['-m', String(id)], { reject: false, timeout: 5_000 });
  }
}

/**
 * The server maps its control segment, which lists the handles of all segments that its children made; a handle is the
 * number in the file's name (src/backend/storage/ipc/dsm.c).
 */
async function listedIn(controlFile: string): Promise<string[]> {
  const bytes = await readFile(controlFile).catch(() => Buffer.alloc(0));
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, Math.floor(bytes.length / 4));
  const handles = new Set(words);
  const names = await readdir(dirname(controlFile));
  return names
    .filter((name) => handles.has(Number(/^PostgreSQL\.(\d+)$/.exec(name)?.[1])))
    .map((name) => join(dirname(controlFile), name));
}

/** Columns of /proc/sysvipc/shm: key, shmid, perms, size, cpid, lpid, nattch, … */
export function isOrphan(listed: string, { key, id }: { key: number; id: number }): boolean {
  const rows = listed.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return rows.some((row) => row[0] === key && row[1] === id && row[6] === 0);
}
