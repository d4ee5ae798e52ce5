import type { SFTPWrapper } from 'ssh2';
import type { OpenConnection } from './open-connection.ts';

const NO_SUCH_FILE = 2;
const END_OF_FILE = 1;
const CHUNK_BYTES = 32_768;

/** A file that is open on the host. */
export type RemoteHandle = Buffer;

type Done<T> = (error: Error | null | undefined, value: T) => void;

async function ask<T>(
  connection: OpenConnection,
  start: (sftp: SFTPWrapper, done: Done<T>) => void,
): Promise<T> {
  const sftp = await connection.sftp();
  return connection.call<T>((_client, done) => {
    start(sftp, done);
  });
}

async function command(
  connection: OpenConnection,
  start: (sftp: SFTPWrapper, done: (error?: Error | null) => void) => void,
): Promise<void> {
  await ask<undefined>(connection, (sftp, done) => {
    start(sftp, (error) => {
      done(error, undefined);
    });
  });
}

/** Is this the host's answer that there is no such file? */
export function isNoSuchFile(error: unknown): boolean {
  return (error as { code?: unknown }).code === NO_SUCH_FILE;
}

/** `undefined` where there is no such file. */
export async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if (isNoSuchFile(error)) return undefined;
    throw error;
  });
}

/** In bytes; undefined where there is no such file. */
export async function remoteSize(connection: OpenConnection, path: string): Promise<number | undefined> {
  return orUndefined(
    ask<{ size: number }>(connection, (sftp, done) => {
      sftp.stat(path, done);
    }).then(({ size }) => size),
  );
}

/** `flags` as in fs.open: `r`, `r+`, `wx`. A new file has exactly `mode` or less from its first moment. */
export async function openRemote(
  connection: OpenConnection,
  path: string,
  flags: 'r' | 'r+' | 'wx',
  mode = 0o600,
): Promise<RemoteHandle> {
  return ask<Buffer>(connection, (sftp, done) => {
    sftp.open(path, flags, { mode }, done);
  });
}

export async function closeRemote(connection: OpenConnection, handle: RemoteHandle): Promise<void> {
  await command(connection, (sftp, done) => {
    sftp.close(handle, done);
  });
}

/** Up to `length` bytes from `position`; empty at the end of the file. What it returns is the caller's. */
export async function readRemote(
  connection: OpenConnection,
  handle: RemoteHandle,
  position: number,
  length = CHUNK_BYTES,
): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const read = await ask<number>(connection, (sftp, done) => {
    sftp.read(handle, buffer, 0, length, position, (error, bytes) => {
      const atEnd = (error as { code?: unknown } | undefined)?.code === END_OF_FILE;
      done(atEnd ? undefined : error, atEnd ? 0 : bytes);
    });
  });
  return buffer.subarray(0, read);
}

export async function writeRemote(
  connection: OpenConnection,
  handle: RemoteHandle,
  piece: Buffer,
  position: number,
): Promise<void> {
  await command(connection, (sftp, done) => {
    sftp.write(handle, piece, 0, piece.length, position, done);
  });
}

/** The whole of a small file, also of one in /proc, which has no size; undefined where there is none. */
export async function readRemoteFile(
  connection: OpenConnection,
  path: string,
  limitBytes = 1_000_000,
): Promise<Buffer | undefined> {
  const handle = await orUndefined(openRemote(connection, path, 'r'));
  if (handle === undefined) return undefined;
  const pieces: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const piece = await readRemote(connection, handle, bytes);
    if (piece.length === 0 || bytes >= limitBytes) break;
    pieces.push(piece);
    bytes += piece.length;
  }
  await closeRemote(connection, handle);
  return Buffer.concat(pieces);
}

export async function changeMode(
  connection: OpenConnection,
  handle: RemoteHandle,
  mode: number,
): Promise<void> {
  await command(connection, (sftp, done) => {
    sftp.fchmod(handle, mode, done);
  });
}

/** A file that is not there is no error. */
export async function removeRemote(connection: OpenConnection, path: string): Promise<void> {
  await orUndefined(
    command(connection, (sftp, done) => {
      sftp.unlink(path, done);
    }),
  );
}

/** Replaces what is at `to` in one step. */
export async function renameRemote(connection: OpenConnection, from: string, to: string): Promise<void> {
  await command(connection, (sftp, done) => {
    sftp.ext_openssh_rename(from, to, done);
  });
}

/** Folders of one folder on, mode 700; those that are there already stay as they are. */
export async function makeRemoteFolders(
  connection: OpenConnection,
  base: string,
  relative: string,
): Promise<void> {
  let path = base;
  for (const part of ['', ...relative.split('/')].filter((name, at) => at === 0 || name !== '.')) {
    path = part === '' ? path : `${path}/${part}`;
    if ((await remoteSize(connection, path)) !== undefined) continue;
    await command(connection, (sftp, done) => {
      sftp.mkdir(path, { mode: 0o700 }, done);
    }).catch(async (error: unknown) => {
      // Another upload of the same connection may have been first.
      if ((await remoteSize(connection, path)) === undefined) throw error;
    });
  }
}
