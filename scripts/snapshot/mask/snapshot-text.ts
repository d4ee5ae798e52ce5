import { ARCHIVE_HEAD_BYTES, archiveText, directoryText } from '../archive/archive-text.ts';
import { fileBytes, SourceStream } from '../compressed/source-stream.ts';
import { peek } from '../peek.ts';
import { archiveFormat, detectFormat, FORMAT_HEAD_BYTES, formatOfHead } from '../snapshot-format.ts';

interface TextOptions {
  /** A file or folder of this machine, or bytes from elsewhere. */
  readonly from: { readonly path: string } | { readonly bytes: AsyncIterable<Buffer> };
  /** How messages call it. */
  readonly shown: string;
  /** Major version of the server that it is for; 0 = not known. */
  readonly serverMajor: number;
  /** Called with the sha256 of the source's bytes, in hex, once all were read; not of a folder. */
  readonly onSha256?: (sha256: string) => void;
}

/**
 * A snapshot in any of its formats as the SQL that it stands for.
 * @throws SNAPSHOT_NOT_FOUND, SNAPSHOT_INVALID, RESTORE_FAILED where no pg_restore is new enough
 */
export async function* snapshotText({
  from,
  shown,
  serverMajor,
  onSha256,
}: TextOptions): AsyncGenerator<Buffer> {
  if ('path' in from) {
    const found = await detectFormat(from.path, shown);
    if (found.type === 'archive' && found.format === 'directory') {
      yield* directoryText(from.path, shown, { serverMajor });
      return;
    }
  }
  const { head, all } = await peek('path' in from ? fileBytes(from.path) : from.bytes, FORMAT_HEAD_BYTES);
  const format = formatOfHead(head, shown);
  const source = new SourceStream(all, shown, format.type === 'sql' ? format.compression : 'none');
  const inside = await peek(source.content(), ARCHIVE_HEAD_BYTES);
  const archived = archiveFormat(inside.head);
  if (archived === undefined) yield* inside.all;
  else yield* archiveText({ head: inside.head, format: archived, bytes: inside.all, shown, serverMajor });
  onSha256?.(await source.sha256());
}
