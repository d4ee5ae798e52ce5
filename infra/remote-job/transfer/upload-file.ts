import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import type { OpenConnection } from '../../ssh/open-connection.ts';
import {
  changeMode,
  closeRemote,
  openRemote,
  remoteSize,
  removeRemote,
  renameRemote,
  writeRemote,
} from '../../ssh/remote-files.ts';
import { remoteSha256 } from '../remote-sha256.ts';
import { WritesInFlight } from './writes-in-flight.ts';

const CHUNK_BYTES = 32_768;
const ATTEMPTS = 2;

interface FileToUpload {
  /** Here. */
  readonly from: string;
  /** Absolute path on the host; its folder is there. */
  readonly to: string;
}

/** The file has come to `position`, and `sentBytes` of the way since the last call were sent and not found there. */
type OnPosition = (position: number, sentBytes: number) => void;

/**
 * Brings one file to the host, from where an earlier attempt came to. It appears under its name whole, and only when the
 * host reads the same bytes there that were read here.
 * @throws DRIVER_FAILED, ConnectionLost
 */
export async function uploadFile(
  connection: OpenConnection,
  { from, to }: FileToUpload,
  onPosition: OnPosition,
): Promise<void> {
  const local = await open(from, 'r');
  try {
    const { size, mode } = await local.stat();
    if (await isThere(connection, local, to, size)) {
      onPosition(size, 0);
      return;
    }
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const sum = await sendRest(connection, local, { part: partOf(to), mode, onPosition });
      if ((await remoteSha256(connection, partOf(to), size)) === sum) {
        await renameRemote(connection, partOf(to), to);
        return;
      }
      await removeRemote(connection, partOf(to));
    }
  } finally {
    await local.close();
  }
  throw new RehearsalError(
    'DRIVER_FAILED',
    `${from} arrived on the driver host with another content, twice`,
    {
      hint: 'the driver host loses data: look at its disk (df, dmesg) or start again',
    },
  );
}

async function isThere(
  connection: OpenConnection,
  local: FileHandle,
  to: string,
  size: number,
): Promise<boolean> {
  if ((await remoteSize(connection, to)) !== size) return false;
  const hash = createHash('sha256');
  await hashStart(local, hash, size);
  return (await remoteSha256(connection, to, size)) === hash.digest('hex');
}

/** Returns the sha256 of all that is then in `part`, as it was read here. */
async function sendRest(
  connection: OpenConnection,
  local: FileHandle,
  { part, mode, onPosition }: { part: string; mode: number; onPosition: OnPosition },
): Promise<string> {
  const { position, hash } = await whereToGoOn(connection, local, part);
  onPosition(position, 0);
  if (position === 0) await removeRemote(connection, part);
  const handle = await openRemote(connection, part, position === 0 ? 'wx' : 'r+');
  await sendFrom(position, local, hash, async (piece, at) => {
    await writeRemote(connection, handle, piece, at);
    onPosition(at + piece.length, piece.length);
  });
  // Executable files stay so; nobody else than the owner gets anything.
  if ((mode & 0o100) !== 0) await changeMode(connection, handle, 0o700);
  await closeRemote(connection, handle);
  return hash.digest('hex');
}

/** The end of what an earlier attempt left, if that is the beginning of this file; else 0. */
async function whereToGoOn(
  connection: OpenConnection,
  local: FileHandle,
  part: string,
): Promise<{ position: number; hash: Hash }> {
  const there = (await remoteSize(connection, part)) ?? 0;
  const hash = createHash('sha256');
  if (there === 0) return { position: 0, hash };
  const read = await hashStart(local, hash, there);
  if (read === there && (await remoteSha256(connection, part, there)) === hash.copy().digest('hex')) {
    return { position: there, hash };
  }
  return { position: 0, hash: createHash('sha256') };
}

/** Puts the first `length` bytes into `hash`; returns how many there were. */
async function hashStart(local: FileHandle, hash: Hash, length: number): Promise<number> {
  const buffer = Buffer.allocUnsafe(256 * 1024);
  let position = 0;
  while (position < length) {
    const { bytesRead } = await local.read(buffer, 0, Math.min(buffer.length, length - position), position);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
  return position;
}

async function sendFrom(
  start: number,
  local: FileHandle,
  hash: Hash,
  write: (piece: Buffer, at: number) => Promise<void>,
): Promise<void> {
  const writes = new WritesInFlight();
  for (let position = start; ;) {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    const { bytesRead } = await local.read(buffer, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) break;
    const piece = buffer.subarray(0, bytesRead);
    hash.update(piece);
    await writes.add(write(piece, position));
    position += bytesRead;
  }
  await writes.whole();
}

/** Where a file lies until it is whole. */
export function partOf(to: string): string {
  return `${to}.rehearse-part`;
}
