import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const HEX_DIGITS = 12;
/** A larger file would make every preview wait for its disk. */
const WHOLE_FILE_BYTES = 512 * 1024 ** 2;
const END_BYTES = 4 * 1024 ** 2;

/** The first 12 hex digits of sha256. */
export function shortHash(text: string): string {
  return digest(createHash('sha256').update(text));
}

/**
 * The same of a file's bytes. Of a very large one only both ends are read, together with its size and the time it was last
 * written; of a folder every file counts.
 */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  const found = await stat(path);
  if (found.isDirectory()) {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    for (const file of files) hash.update(`${file.slice(path.length)} ${await fileHash(file)}\n`);
  } else if (found.size > WHOLE_FILE_BYTES) {
    hash.update(`${found.size} ${found.mtimeMs}\n`);
    await addEnds(hash, path, found.size);
  } else {
    await pipeline(createReadStream(path), hash);
  }
  return digest(hash);
}

async function addEnds(hash: Hash, path: string, sizeBytes: number): Promise<void> {
  const file = await open(path);
  try {
    for (const position of [0, sizeBytes - END_BYTES]) {
      const { buffer } = await file.read({ buffer: Buffer.alloc(END_BYTES), position });
      hash.update(buffer);
    }
  } finally {
    await file.close();
  }
}

function digest(hash: Hash): string {
  return hash.digest('hex').slice(0, HEX_DIGITS);
}
