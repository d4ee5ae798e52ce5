import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PREFIX, type RunDir } from '../run-dir.ts';

/** Where PostgreSQL of a distribution puts its sockets: also one that starts later shall not be seen. */
const SOCKET_FOLDERS = ['/run/postgresql', '/var/run/postgresql'];

/** Folders that hold the sockets of servers: those of this machine, and those of rehearsals, which are reached by their port. */
export async function socketFolders({ path, sockets }: RunDir): Promise<string[]> {
  const above = dirname(path);
  const runs = (await readdir(above)).filter((name) => name.startsWith(PREFIX));
  const folders = [...SOCKET_FOLDERS, ...runs.map((name) => join(above, name, basename(sockets)))];
  const found = await Promise.all(folders.map(folderAt));
  return [...new Set(found.filter((folder) => folder !== undefined))];
}

async function folderAt(path: string): Promise<string | undefined> {
  const real = await realpath(path).catch(() => undefined);
  const stats = real === undefined ? undefined : await lstat(real).catch(() => undefined);
  return stats?.isDirectory() === true ? real : undefined;
}

/** Every socket of this machine that has a place among its files (unix(7)): servers, agents, the name service's cache. */
export async function socketFiles(): Promise<string[]> {
  return pathsOf(await readFile('/proc/net/unix', 'utf8'));
}

/** Of lines `address: count protocol flags type state inode path`, without the abstract ones (`@…`). */
export function pathsOf(table: string): string[] {
  const paths = table.split('\n').map((line) => /^[0-9a-f]+:(?: +\S+){6} (\/.*)$/.exec(line)?.[1]);
  return [...new Set(paths.filter((path) => path !== undefined))];
}
