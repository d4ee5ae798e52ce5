import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArchiveHeader, type ArchiveHeader } from './archive-header.ts';
import type { ArchiveFormat } from '../snapshot-format.ts';

const TAR_HEADER_BYTES = 512;
/** Room for three strings, of which one is the database's name. */
const HEAD_BYTES = 4096;

/** The header of an archive, wherever its format keeps it. */
export async function readArchiveHeader(
  path: string,
  format: ArchiveFormat,
): Promise<ArchiveHeader | undefined> {
  const file = await open(format === 'directory' ? join(path, 'toc.dat') : path);
  try {
    const start = format === 'tar' ? TAR_HEADER_BYTES : 0;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, start);
    return parseArchiveHeader(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** sha256 in hex and size of an archive. A directory counts as its files in the order of their names: each name and content. */
export async function archiveDigest(
  path: string,
  format: ArchiveFormat,
  signal: AbortSignal,
): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash('sha256');
  const files = format === 'directory' ? (await readdir(path)).sort() : [''];
  let sizeBytes = 0;
  for (const name of files) {
    const file = join(path, name);
    if (!(await stat(file)).isFile()) continue;
    if (format === 'directory') hash.update(`${name}\0`);
    const content: AsyncIterable<Buffer> = createReadStream(file, { signal });
    for await (const chunk of content) {
      hash.update(chunk);
      sizeBytes += chunk.length;
    }
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}
