import { createHash } from 'node:crypto';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import type { OpenConnection } from '../../ssh/open-connection.ts';
import {
  closeRemote,
  openRemote,
  remoteSize,
  removeRemote,
  renameRemote,
  writeRemote,
} from '../../ssh/remote-files.ts';
import { remoteSha256 } from '../remote-sha256.ts';
import { partOf } from './upload-file.ts';
import { WritesInFlight } from './writes-in-flight.ts';

const PIECE_BYTES = 32_768;

/** What is brought to the host as it comes from elsewhere, without a file here. */
interface StreamToUpload {
  /** Absolute path on the host; its folder is there. */
  readonly to: string;
  /** All of it from its first byte on; called again where the connection to the host was lost. */
  readonly read: () => AsyncIterable<Buffer>;
}

/**
 * Writes a stream into a file of the host, which appears under its name whole, and only when the host reads the same bytes there
 * that came by here. What an earlier attempt brought whole is not fetched again.
 * @throws DRIVER_FAILED, ConnectionLost, or what the stream throws
 */
export async function uploadStream(
  connection: OpenConnection,
  { to, read }: StreamToUpload,
  onPosition: (position: number, sentBytes: number) => void,
): Promise<void> {
  const there = await remoteSize(connection, to);
  if (there !== undefined) {
    onPosition(there, 0);
    return;
  }
  const part = partOf(to);
  await removeRemote(connection, part);
  const handle = await openRemote(connection, part, 'wx');
  const hash = createHash('sha256');
  const writes = new WritesInFlight();
  let position = 0;
  onPosition(0, 0);
  for await (const chunk of read()) {
    hash.update(chunk);
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      await writes.add(writeRemote(connection, handle, piece, position));
      position += piece.length;
    }
    onPosition(position, chunk.length);
  }
  await writes.whole();
  await closeRemote(connection, handle);
  if ((await remoteSha256(connection, part, position)) !== hash.digest('hex'))
    throw new RehearsalError('DRIVER_FAILED', `${to} arrived on the driver host with another content`, {
      hint: 'the driver host loses data: look at its disk (df, dmesg) or start again',
    });
  await renameRemote(connection, part, to);
}
