import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { insidePath } from '../job-path.ts';
import { BLOCK_BYTES, parsePax, parseTarHeader, type TarHeader } from './tar-header.ts';

/** More attributes than this are no attributes. */
const META_LIMIT_BYTES = 1_000_000;

/**
 * Unpacks a .tar.gz into a folder that is there: files and folders only, and never outside of it; nothing of it can be run.
 * @throws when the archive holds anything else, or is not whole
 */
export async function unpack(archive: string, into: string, signal: AbortSignal): Promise<void> {
  let unpacking: Promise<void> | undefined;
  try {
    await pipeline(
      createReadStream(archive),
      createGunzip(),
      (source: AsyncIterable<Buffer>) => (unpacking = unpackTar(new Blocks(source), into)),
      { signal },
    );
  } finally {
    // A failed pipeline does not wait for its last part, which may still be writing.
    await unpacking?.catch(() => undefined);
  }
}

async function unpackTar(blocks: Blocks, into: string): Promise<void> {
  let longName: string | undefined;
  for (;;) {
    const block = await blocks.take(BLOCK_BYTES);
    const header = parseTarHeader(block);
    if (header === undefined) break;
    const meta = await metaName(blocks, header);
    if (meta === undefined) {
      await unpackOne(blocks, { ...header, name: longName ?? header.name }, into);
      longName = undefined;
    } else {
      longName = meta.name ?? longName;
    }
  }
  await blocks.drain(); // the checksum of gzip comes last
}

/** For an entry that only tells something of the next one: its name, if it tells that. */
async function metaName(
  blocks: Blocks,
  { type, sizeBytes }: TarHeader,
): Promise<{ name?: string } | undefined> {
  if (!['L', 'x', 'g'].includes(type)) return undefined;
  if (sizeBytes > META_LIMIT_BYTES) throw new Error('a header of the archive is too long');
  const content = await blocks.take(sizeBytes);
  await blocks.take(padding(sizeBytes));
  if (type === 'L') return { name: content.toString('utf8').replace(/\0+$/, '') };
  const pax = parsePax(content);
  if (pax.has('size')) throw new Error('the archive holds a file of 8 GB or more');
  const name = type === 'x' ? pax.get('path') : undefined;
  return name === undefined ? {} : { name };
}

async function unpackOne(blocks: Blocks, { name, type, sizeBytes }: TarHeader, into: string): Promise<void> {
  const trimmed = name.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
  if (type === '5') {
    if (trimmed !== '' && trimmed !== '.')
      await mkdir(join(into, insidePath(trimmed)), { recursive: true, mode: 0o700 });
    return;
  }
  if (type !== '0') throw new Error(`${JSON.stringify(name)} is neither a file nor a folder (type ${type})`);
  const path = join(into, insidePath(trimmed));
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx', 0o600);
  try {
    for (let left = sizeBytes; left > 0;) {
      const piece = await blocks.some(left);
      await file.writeFile(piece);
      left -= piece.length;
    }
  } finally {
    await file.close();
  }
  await blocks.take(padding(sizeBytes));
}

function padding(sizeBytes: number): number {
  return (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;
}

/** Bytes of a stream in pieces of the reader's choice. */
class Blocks {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** At least one byte, at most so many. */
  async some(most: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const next = await this.#source.next();
      if (next.done === true) throw new Error('the archive is not whole');
      this.#rest = next.value;
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  async take(length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let left = length; left > 0;) {
      const piece = await this.some(left);
      pieces.push(piece);
      left -= piece.length;
    }
    return Buffer.concat(pieces);
  }

  async drain(): Promise<void> {
    while ((await this.#source.next()).done !== true);
  }
}
