import { open, type FileHandle } from 'node:fs/promises';
import { REQUEST_COLUMNS, type RequestHeader, type RequestRow } from '../artifacts/records.ts';
import { asError } from '../shared/errors.ts';
import type { Version } from './traffic-mix.ts';

const FLUSH_MS = 250;

/** Writes requests.ndjson: the header, then one row per request, several at once every 250 ms. */
export class RequestLog {
  readonly #file: FileHandle;
  readonly #onError: (error: Error) => void;
  readonly #timer: NodeJS.Timeout;
  #lines: string[] = [];
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle, onError: (error: Error) => void) {
    this.#file = file;
    this.#onError = onError;
    this.#timer = setInterval(() => void this.#flush(), FLUSH_MS);
  }

  /** @param onError a row could not be written; nothing more will be */
  static async create(
    path: string,
    versions: readonly Version[],
    onError: (error: Error) => void,
  ): Promise<RequestLog> {
    const log = new RequestLog(await open(path, 'a'), onError);
    const header: RequestHeader = {
      type: 'header',
      columns: REQUEST_COLUMNS,
      versions: versions.map(({ name }) => name),
      scripts: versions.map(({ scripts }) => scripts.map(({ name }) => name)),
    };
    log.#lines.push(JSON.stringify(header));
    return log;
  }

  add(row: RequestRow): void {
    this.#lines.push(
      JSON.stringify(row.map((cell) => (typeof cell === 'number' ? Math.round(cell * 1000) / 1000 : cell))),
    );
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#flush();
    await this.#file.close();
  }

  #flush(): Promise<void> {
    if (this.#lines.length === 0) return this.#writing;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    this.#writing = this.#writing
      .then(() => this.#file.appendFile(text))
      .catch((error: unknown) => {
        this.#onError(asError(error));
      });
    return this.#writing;
  }
}
