import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { asError, RehearsalError } from '../shared/errors.ts';
import type { Compression } from './snapshot-format.ts';
import { unzstd } from './unzstd.ts';

const CHUNK_BYTES = 256 * 1024;

/** A snapshot file as one stream of decompressed bytes; the hash is taken from the file's own bytes as they pass. */
export class SourceStream {
  readonly #path: string;
  readonly #shown: string;
  readonly #compression: Compression;
  readonly #hash = createHash('sha256');
  /** How many of the file's bytes have passed. */
  readBytes = 0;

  constructor(path: string, shown: string, compression: Compression) {
    this.#path = path;
    this.#shown = shown;
    this.#compression = compression;
  }

  /** The decompressed bytes. @throws SNAPSHOT_INVALID where the compression breaks off or is damaged */
  async *content(): AsyncGenerator<Buffer> {
    try {
      yield* this.#decompressed();
    } catch (cause) {
      throw this.#explained(asError(cause));
    }
  }

  /** sha256 of the whole file in hex, also of what follows the compressed stream. */
  async sha256(): Promise<string> {
    const rest = this.#raw(this.readBytes);
    while (!(await rest.next()).done);
    return this.#hash.digest('hex');
  }

  #decompressed(): AsyncIterable<Buffer> {
    switch (this.#compression) {
      case 'none':
        return this.#raw(0);
      case 'gzip':
        return gunzip(this.#raw(0));
      case 'zstd':
        return unzstd(this.#raw(0));
    }
  }

  async *#raw(start: number): AsyncGenerator<Buffer> {
    const file: AsyncIterable<Buffer> = createReadStream(this.#path, { start, highWaterMark: CHUNK_BYTES });
    for await (const chunk of file) {
      this.#hash.update(chunk);
      this.readBytes += chunk.length;
      yield chunk;
    }
  }

  #explained(error: NodeJS.ErrnoException): Error {
    if (error instanceof RehearsalError || error.code === undefined || !/^(Z_|ZSTD_)/.test(error.code)) {
      return error;
    }
    const what = ['Z_BUF_ERROR', 'ZSTD_TRUNCATED'].includes(error.code)
      ? `ends in the middle of its ${this.#compression} stream: the file is truncated`
      : `is damaged: its ${this.#compression} stream cannot be read`;
    return new RehearsalError('SNAPSHOT_INVALID', `${this.#shown} ${what}`, {
      hint: 'Copy the file again, or take the dump again.',
      cause: error,
    });
  }
}

function gunzip(raw: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const decompressor = createGunzip({ chunkSize: CHUNK_BYTES });
  // Whoever iterates the last stream sees the errors of both.
  return pipeline(Readable.from(raw), decompressor, () => undefined);
}
