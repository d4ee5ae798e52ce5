import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Appends one JSON document a line. Rejects in `close()` when any write failed. */
export class NdjsonWriter<T> {
  readonly #stream: WriteStream;
  #error: Error | undefined;

  constructor(path: string) {
    this.#stream = createWriteStream(path, { flags: 'a' });
    this.#stream.on('error', (error) => (this.#error ??= error));
  }

  write(record: T): void {
    this.#stream.write(`${JSON.stringify(record)}\n`);
  }

  async close(): Promise<void> {
    if (!this.#stream.destroyed) {
      this.#stream.end();
      await Promise.race([once(this.#stream, 'close'), once(this.#stream, 'error')]);
    }
    if (this.#error) throw this.#error;
  }
}

/** The records of an ndjson file in order. A last line cut short by a crash is left out; a broken line elsewhere throws. */
export async function* readNdjson(path: string): AsyncGenerator {
  const input = createReadStream(path, 'utf8');
  await once(input, 'open');
  let previous: string | undefined;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    if (previous !== undefined) yield JSON.parse(previous) as unknown;
    previous = line === '' ? undefined : line;
  }
  if (previous === undefined) return;
  let last: unknown;
  try {
    last = JSON.parse(previous);
  } catch {
    return;
  }
  yield last;
}
