import { open, stat } from 'node:fs/promises';
import { RehearsalError } from '../shared/errors.ts';
import { cutPart } from './archive/archive-completeness.ts';
import { detectFormat, type Compression } from './snapshot-format.ts';
import { SourceStream } from './compressed/source-stream.ts';

/** What stands at the top of a plain dump of pg_dump or pg_dumpall, and with `complete` at its end. */
const TOP = /^-- PostgreSQL database (?:cluster )?dump$/m;
const END = /^-- PostgreSQL database (?:cluster )?dump complete/m;
const LONGEST_END = 80;
const HEAD_BYTES = 4096;
const CHUNK_BYTES = 1024 ** 2;
/** Behind the dump's last line may stand SQL of the author's own, but hardly so much. */
const LOOKED_AT_BYTES = 64 * CHUNK_BYTES;
/** A compressed file is only known to be whole when all of it has been read: some seconds for one of this size. */
const READ_WHOLE_BYTES = 32 * CHUNK_BYTES;
const DECOMPRESSED_BYTES = 1024 * CHUNK_BYTES;

/**
 * What is seen to be wrong with a snapshot without restoring it, such as `{value} is cut short`; undefined where nothing is.
 * A large compressed file and an archive of the custom format show only in the restore that they break off.
 * @param shown how messages call it
 * @throws SNAPSHOT_NOT_FOUND, SNAPSHOT_INVALID
 */
export async function snapshotMistake(path: string, shown: string): Promise<string | undefined> {
  const format = await detectFormat(path, shown);
  if (format.type === 'archive') {
    const part = await cutPart(path, format.format);
    return part === undefined ? undefined : `${shown} is not whole: ${part} is cut short`;
  }
  const { compression } = format;
  if (compression !== 'none') return compressedMistake(path, shown, compression);
  return (await isWhole(path)) ? undefined : `${shown} is not whole: ${NO_END}`;
}

const NO_END = 'a dump begins in it, and the line that pg_dump writes at its end is missing';

async function compressedMistake(
  path: string,
  shown: string,
  compression: Compression,
): Promise<string | undefined> {
  if ((await stat(path)).size > READ_WHOLE_BYTES) return undefined;
  let head = '';
  let readBytes = 0;
  let hasEnd = false;
  let border = '';
  try {
    for await (const chunk of SourceStream.ofFile(path, shown, compression).content()) {
      readBytes += chunk.length;
      if (readBytes > DECOMPRESSED_BYTES) return undefined;
      const text = chunk.toString('latin1');
      head += text.slice(0, HEAD_BYTES - head.length);
      hasEnd ||= END.test(border + text);
      border = text.slice(-LONGEST_END);
    }
  } catch (error) {
    if (error instanceof RehearsalError && error.code === 'SNAPSHOT_INVALID') return error.message;
    throw error;
  }
  if (head === '') return `${shown} is empty behind its compression`;
  return TOP.test(head) && !hasEnd ? `${shown} is not whole: ${NO_END}` : undefined;
}

async function isWhole(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(CHUNK_BYTES);
    const { bytesRead } = await file.read(bytes, 0, HEAD_BYTES, 0);
    if (!TOP.test(bytes.toString('latin1', 0, bytesRead))) return true;
    const { size } = await file.stat();
    for (let end = size; end > Math.max(0, size - LOOKED_AT_BYTES);) {
      const start = Math.max(0, end - CHUNK_BYTES);
      const chunk = await file.read(bytes, 0, end - start, start);
      if (END.test(bytes.toString('latin1', 0, chunk.bytesRead))) return true;
      // A line on the border of two chunks belongs to the next one.
      end = start === 0 ? 0 : start + LONGEST_END;
    }
    return size > LOOKED_AT_BYTES;
  } finally {
    await file.close();
  }
}
