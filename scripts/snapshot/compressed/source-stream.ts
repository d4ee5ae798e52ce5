import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { asError, RehearsalError } from '../../shared/errors.ts';
import type { Compression } from '../snapshot-format.ts';
import { unlz4 } from './unlz4.ts';
import { unzstd } from './unzstd.ts';

const CHUNK_BYTES = 256 * 1024;
/** Codes of errors of a stream that broke off; all others of its kind say that it is damaged. */
const BROKEN_OFF = ['Z_BUF_ERROR', 'ZSTD_TRUNCATED', 'LZ4_TRUNCATED'];

/** The bytes of a snapshot, read once and decompressed; the hash is taken of the source's own bytes as they pass. */
export class SourceStream {
  readonly #raw: AsyncIterator<Buffer>;
  readonly #shown: string;
  readonly #compression: Compression;
  readonly #hash = createHash('sha256');
  /** How many of the source's bytes have passed. */
  readBytes = 0;

  constructor(bytes: AsyncIterable<Buffer>, shown: string, compression: Compression) {
    this.#raw = bytes[Symbol.asyncIterator]();
    this.#shown = shown;
    this.#compression = compression;
  }

  static ofFile(path: string, shown: string, compression: Compression): SourceStream {
    return new SourceStream(fileBytes(path), shown, compression);
  }

  /**
   * The decompressed bytes. Whoever stops early closes the source with it.
   * @throws SNAPSHOT_INVALID where the compression breaks off or is damaged
   */
  async *content(): AsyncGenerator<Buffer> {
    let isWhole = false;
    try {
      yield* this.#decompressed();
      isWhole = true;
    } catch (cause) {
      throw this.#explained(asError(cause));
    } finally {
      if (!isWhole) await this.#raw.return?.();
    }
  }

  /** sha256 of all of the source in hex, also of what follows the compressed stream. */
  async sha256(): Promise<string> {
    const rest = this.#passing();
    while (!(await rest.next()).done);
    return this.#hash.digest('hex');
  }

  #decompressed(): AsyncIterable<Buffer> {
    switch (this.#compression) {
      case 'none':
        return this.#passing();
      case 'gzip':
        return gunzip(this.#passing());
      case 'zstd':
        return unzstd(this.#passing());
      case 'lz4':
        return unlz4(this.#passing(), this.#shown);
    }
  }

  /** A decompressor that ends before the source does not end the source. */
  async *#passing(): AsyncGenerator<Buffer> {
    for (;;) {
      const next = await this.#raw.next();
      if (next.done === true) return;
      const { value } = next;
      this.#hash.update(value);
      this.readBytes += value.length;
      yield value;
    }
  }

  #explained(error: NodeJS.ErrnoException): Error {
    if (error instanceof RehearsalError || error.code === undefined || !/^(Z|ZSTD|LZ4)_/.test(error.code)) {
      return error;
    }
    const what = BROKEN_OFF.includes(error.code)
      ? `ends in the middle of its ${this.#compression} stream: the file is truncated`
      : `is damaged: its ${this.#compression} stream cannot be read`;
    return new RehearsalError('SNAPSHOT_INVALID', `${this.#shown} ${what}`, {
      hint: 'Copy the file again, or take the dump again.',
      cause: error,
    });
  }
}

export function fileBytes(path: string): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: CHUNK_BYTES });
}

function gunzip(raw: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const decompressor = createGunzip({ chunkSize: CHUNK_BYTES });
  // Whoever iterates the last stream sees the errors of both.
  return pipeline(Readable.from(raw), decompressor, () => undefined);
}
