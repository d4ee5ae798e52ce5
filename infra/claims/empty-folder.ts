import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readdir, rename, rmdir, unlink, type FileHandle } from 'node:fs/promises';
import { sleep } from '../../scripts/shared/clock.ts';

/** What else ends at the same time gives its descriptors back in a moment. */
const NO_DESCRIPTOR: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE']);
const PATIENT_TRIES = 20;
const PATIENCE_MS = 100;

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/** An open folder: on Linux names in it are looked up in the folder itself, wherever its path leads by now. */
interface OpenFolder {
  readonly handle: FileHandle;
  readonly at: string;
  readonly dev: number;
}

/**
 * Removes everything in a folder but the entry `spared`. Follows no link and enters no mount: each folder below is moved up
 * to the first level before it is entered, which the kernel refuses for a mount point (EBUSY), and no more than two are open
 * however deep they lie. Names are bytes: not all of them are UTF-8.
 * @throws Error where the folder is not the one with that inode number, or something cannot be removed
 */
export async function emptyFolder(path: string, inode: string, spared: string): Promise<void> {
  for (let tries = PATIENT_TRIES; ; tries--) {
    try {
      await emptyOnce(path, inode, spared);
      return;
    } catch (error) {
      if (tries === 0 || !NO_DESCRIPTOR.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await sleep(PATIENCE_MS);
    }
  }
}

async function emptyOnce(path: string, inode: string, spared: string): Promise<void> {
  const root = await openFolder(path);
  try {
    const { ino } = await root.handle.stat({ bigint: true });
    if (String(ino) !== inode) throw new Error(`${path} has been replaced`);
    for (;;) {
      const names = (await namesIn(root)).filter((name) => name.toString() !== spared);
      if (names.length === 0) return;
      // Files first: where the disk is full, moving a folder needs room.
      for (const name of await remaining(root, names, path)) await removeEntry(root, name, path);
    }
  } finally {
    await root.handle.close();
  }
}

/** Removes what is no folder with something in it; returns the others. */
async function remaining(folder: OpenFolder, names: readonly Buffer[], shown: string): Promise<Buffer[]> {
  const left: Buffer[] = [];
  for (const name of names) if (!(await removeSimple(within(folder.at, name), shown))) left.push(name);
  return left;
}

/** Removes a folder of the first level; folders that lie in it take its place. */
async function removeEntry(root: OpenFolder, name: Buffer, shown: string): Promise<void> {
  const path = within(root.at, name);
  const folder = await openFolder(path);
  try {
    if (folder.dev !== root.dev) throw mounted(name, shown);
    for (const below of await remaining(folder, await namesIn(folder), shown)) {
      const place = Buffer.from(`.${randomBytes(8).toString('hex')}`);
      await rename(within(folder.at, below), within(root.at, place));
    }
  } finally {
    await folder.handle.close();
  }
  if (!(await removeSimple(path, shown))) throw new Error(`somebody writes into ${shown} still`);
}

/** False for a folder with something in it. */
async function removeSimple(path: Buffer, shown: string): Promise<boolean> {
  try {
    const isFolder = (await lstat(path)).isDirectory();
    await (isFolder ? rmdir(path) : unlink(path));
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return true;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw code === 'EBUSY' ? mounted(path.subarray(path.lastIndexOf('/') + 1), shown) : error;
  }
}

async function openFolder(path: string | Buffer): Promise<OpenFolder> {
  const handle = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  const at = process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : path.toString();
  return { handle, at, dev: (await handle.stat()).dev };
}

function namesIn({ at }: OpenFolder): Promise<Buffer[]> {
  return readdir(at, { encoding: 'buffer' });
}

function within(folder: string, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), name]);
}

function mounted(name: Buffer, shown: string): Error {
  return new Error(`something is mounted on ${name.toString()} in ${shown}: unmount it first`);
}
