import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { ofFile } from '../errors.ts';

/** Appends one JSON document a line. Rejects in `close()` when any write failed. */
export class NdjsonWriter<T> {
  readonly #stream: WriteStream;
  #error: Error | undefined;

  constructor(path: string) {
    this.#stream = createWriteStream(path, { flags: 'a' });
    this.#stream.on('error', (error) => (this.#error ??= ofFile(error, path)));
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

/** No record is longer: a statement of the author's is the longest part of any. */
export const LONGEST_LINE = 128 * 2 ** 20;

/** A file without line breaks, or a record that nothing of ours has written. */
export class LineTooLongError extends Error {
  constructor() {
    super(`a line is longer than ${LONGEST_LINE} characters`);
    this.name = 'LineTooLongError';
  }
}

/**
 * The records of an ndjson file in order, as many at a time as one read gives. A last line cut short by a crash is left out; a
 * broken line elsewhere throws.
 * @throws SyntaxError, LineTooLongError
 */
export async function* readNdjson(path: string): AsyncGenerator<unknown[]> {
  let previous: string | undefined;
  for await (const lines of linesOf(path)) {
    const records: unknown[] = [];
    for (const line of lines) {
      if (previous !== undefined) records.push(JSON.parse(previous));
      previous = line === '' ? undefined : line;
    }
    yield records;
  }
  if (previous === undefined) return;
  let last: unknown;
  try {
    last = JSON.parse(previous);
  } catch {
    return;
  }
  yield [last];
}

async function* linesOf(path: string): AsyncGenerator<string[]> {
  let begun: string[] = [];
  let length = 0;
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const lines = String(chunk).split('\n');
    const rest = lines.pop() ?? '';
    if (lines.length > 0) {
      lines[0] = begun.join('') + (lines[0] ?? '');
      begun = [];
      length = 0;
    }
    yield lines;
    begun.push(rest);
    length += rest.length;
    if (length > LONGEST_LINE) throw new LineTooLongError();
  }
  yield [begun.join('')];
}
