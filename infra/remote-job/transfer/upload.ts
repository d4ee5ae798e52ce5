import { stat } from 'node:fs/promises';
import { posix } from 'node:path';
import type { OpenConnection } from '../../ssh/open-connection.ts';
import {
  changeMode,
  closeRemote,
  makeRemoteFolders,
  openRemote,
  removeRemote,
  renameRemote,
  writeRemote,
} from '../../ssh/remote-files.ts';
import type { SteadyConnection } from '../../ssh/steady-connection.ts';
import { inParallel } from '../in-parallel.ts';
import { insidePath } from '../job-path.ts';
import { TransferPace, type TransferProgress } from './transfer-pace.ts';
import { partOf, uploadFile } from './upload-file.ts';
import { uploadStream } from './upload-stream.ts';

const FILES_AT_ONCE = 4;

/** What goes into the job folder. */
export interface JobUpload {
  /** `from` is a path of this machine, `to` one inside the job folder, with forward slashes. */
  readonly files: readonly { readonly from: string; readonly to: string }[];
  readonly documents: readonly { readonly to: string; readonly text: string; readonly mode: number }[];
  /** What lies elsewhere, and comes by this machine without lying on it. */
  readonly streams?: readonly JobStream[];
}

interface JobStream {
  /** Inside the job folder, with forward slashes. */
  readonly to: string;
  readonly read: () => AsyncIterable<Buffer>;
  /** Null until it is known. */
  readonly sizeBytes: () => number | null;
}

/**
 * Files first, then documents, into `dir`; its parent is there. What an earlier upload brought is not sent again.
 * @throws DRIVER_FAILED, HOST_UNREACHABLE
 */
export async function uploadJob(
  steady: SteadyConnection,
  dir: string,
  { files, documents, streams = [] }: JobUpload,
  onProgress: (progress: TransferProgress) => void,
): Promise<void> {
  const folders = [...files, ...documents, ...streams].map(({ to }) => posix.dirname(insidePath(to)));
  const sizes = await Promise.all(files.map(async ({ from }) => (await stat(from)).size));
  const pace = new TransferPace(
    sizes.reduce((sum, size) => sum + size, 0),
    onProgress,
  );
  await steady.use((connection) =>
    makeRemoteFolders(
      connection,
      dir,
      folders.filter((folder) => folder !== '.'),
    ),
  );
  await inParallel(files, FILES_AT_ONCE, async ({ from, to }) => {
    await steady.use((connection) =>
      uploadFile(connection, { from, to: `${dir}/${to}` }, (position, sentBytes) => {
        pace.moved(to, position, sentBytes);
      }),
    );
  });
  for (const { to, read, sizeBytes } of streams) {
    await steady.use((connection) =>
      uploadStream(connection, { to: `${dir}/${to}`, read }, (position, sentBytes) => {
        pace.expect(to, Math.max(position, sizeBytes() ?? 0));
        pace.moved(to, position, sentBytes);
      }),
    );
  }
  for (const { to, text, mode } of documents) {
    await steady.use((connection) => writeDocument(connection, `${dir}/${to}`, text, mode));
  }
  pace.finished();
}

/** It is never there half, and never with a wider mode than asked for. */
async function writeDocument(
  connection: OpenConnection,
  to: string,
  text: string,
  mode: number,
): Promise<void> {
  const part = partOf(to);
  await removeRemote(connection, part);
  const handle = await openRemote(connection, part, 'wx', mode & 0o600);
  await writeRemote(connection, handle, Buffer.from(text), 0);
  await changeMode(connection, handle, mode);
  await closeRemote(connection, handle);
  await renameRemote(connection, part, to);
}
