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
function isNoSuchFile(error: unknown): boolean {
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

/** Opens a file for `work` and closes it whatever happens; undefined where there is no such file. */
export async function withRemoteFile<T>(
  connection: OpenConnection,
  path: string,
  flags: 'r' | 'r+' | 'wx',
  work: (handle: RemoteHandle) => Promise<T>,
): Promise<T | undefined> {
  const handle = await orUndefined(openRemote(connection, path, flags));
  if (handle === undefined) return undefined;
  try {
    return await work(handle);
  } finally {
    await closeRemote(connection, handle).catch(() => undefined);
  }
}

/** The whole of a small file, also of one in /proc, which has no size; undefined where there is none. */
export async function readRemoteFile(
  connection: OpenConnection,
  path: string,
  fromByte = 0,
): Promise<Buffer | undefined> {
  return withRemoteFile(connection, path, 'r', async (handle) => {
    const pieces: Buffer[] = [];
    let bytes = fromByte;
    for (;;) {
      const piece = await readRemote(connection, handle, bytes);
      if (piece.length === 0) return Buffer.concat(pieces);
      pieces.push(piece);
      bytes += piece.length;
    }
  });
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

/** Makes `base` and, inside it, the folders of these relative paths, all with mode 700; what is there stays as it is. */
export async function makeRemoteFolders(
  connection: OpenConnection,
  base: string,
  relative: readonly string[],
): Promise<void> {
  const wanted = new Set(['']);
  for (const path of relative) {
    const parts = path.split('/');
    for (const at of parts.keys()) wanted.add(`/${parts.slice(0, at + 1).join('/')}`);
  }
  // Shorter ones first: a folder comes before what is in it.
  for (const path of [...wanted].sort((a, b) => a.length - b.length)) {
    const folder = `${base}${path}`;
    if ((await remoteSize(connection, folder)) !== undefined) continue;
    await command(connection, (sftp, done) => {
      sftp.mkdir(folder, { mode: 0o700 }, done);
    });
  }
}
