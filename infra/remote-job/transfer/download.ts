import type { FileHandle } from 'node:fs/promises';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import type { OpenConnection } from '../../ssh/open-connection.ts';
import { readRemote, remoteSize, withRemoteFile } from '../../ssh/remote-files.ts';

const CHUNK_BYTES = 32_768;
const IN_FLIGHT = 32;

/**
 * Adds to a local file what it still lacks of a remote one.
 * @throws DRIVER_FAILED when the remote one is missing or has another size, ConnectionLost
 */
export async function downloadRest(
  connection: OpenConnection,
  path: string,
  local: FileHandle,
  sizeBytes: number,
): Promise<void> {
  const size = await remoteSize(connection, path);
  if (size !== sizeBytes) {
    const found = size === undefined ? 'is not there' : `has ${size} bytes`;
    throw new RehearsalError(
      'DRIVER_FAILED',
      `${path} on the driver host ${found}; the driver said ${sizeBytes}`,
      {
        hint: 'the disk of the driver host may be full; start again',
      },
    );
  }
  await withRemoteFile(connection, path, 'r', async (handle) => {
    for (let position = (await local.stat()).size; position < sizeBytes;) {
      const starts = Array.from({ length: IN_FLIGHT }, (_, at) => position + at * CHUNK_BYTES);
      const pieces = await Promise.all(
        starts
          .filter((start) => start < sizeBytes)
          .map((start) => readFully(connection, handle, start, Math.min(CHUNK_BYTES, sizeBytes - start))),
      );
      const batch = Buffer.concat(pieces);
      position += (await local.write(batch, 0, batch.length, position)).bytesWritten;
    }
  });
}

/** A server may give less than it was asked for. */
async function readFully(
  connection: OpenConnection,
  handle: Buffer,
  position: number,
  length: number,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let read = 0; read < length;) {
    const piece = await readRemote(connection, handle, position + read, length - read);
    if (piece.length === 0) throw new Error('the file became shorter while it was read');
    pieces.push(piece);
    read += piece.length;
  }
  return Buffer.concat(pieces);
}
