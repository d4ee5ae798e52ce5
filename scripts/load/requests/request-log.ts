import { appendFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { REQUEST_COLUMNS, type RequestHeader } from '../../artifacts/records/records.ts';
import { requestWriterUrl } from '../forked-programs.ts';
import type { LoadOrder } from '../messages.ts';
import type { Outcome } from './request-run.ts';
import type { Choice } from '../traffic/traffic-mix.ts';

const FLUSH_MS = 250;
const COLUMNS = REQUEST_COLUMNS.length;
const ROWS = 2048;

/**
 * Keeps the requests as plain numbers and hands them, every 250 ms or when there are many, to a thread that writes
 * requests.ndjson: making text of them would delay the requests that come next.
 */
export class RequestLog {
  readonly #thread: Worker;
  readonly #timer: NodeJS.Timeout;
  readonly #exited: Promise<void>;
  /** Codes of the outcomes; the code of `ok` is 0. */
  readonly #codes = new Map<Outcome, number>([[0, 0]]);
  #rows = new Float64Array(ROWS * COLUMNS);
  #used = 0;
  #closing = false;

  private constructor(path: string, zeroMs: number, onError: (error: Error) => void) {
    this.#thread = new Worker(requestWriterUrl(), {
      workerData: { path, zeroMs, columns: COLUMNS },
      execArgv: [],
    });
    this.#timer = setInterval(() => {
      this.#flush();
    }, FLUSH_MS);
    this.#thread.on('error', onError);
    this.#exited = new Promise((resolve) => {
      this.#thread.once('exit', () => {
        if (!this.#closing) onError(new Error('the writer of requests ended by itself'));
        resolve();
      });
    });
  }

  /**
   * @param onError a row could not be written; nothing more will be
   * @throws what opening the file throws
   */
  static async create(
    {
      requestsPath,
      versions,
      zeroMs,
      share,
    }: Pick<LoadOrder, 'requestsPath' | 'zeroMs' | 'share'> & {
      readonly versions: readonly Pick<LoadOrder['versions'][number], 'name' | 'scripts'>[];
    },
    onError: (error: Error) => void,
  ): Promise<RequestLog> {
    const header: RequestHeader = {
      type: 'header',
      columns: REQUEST_COLUMNS,
      versions: versions.map(({ name }) => name),
      scripts: versions.map(({ scripts }) => scripts.map(({ name }) => name)),
    };
    // Of several processes the first has opened its log before the others start.
    if (share.index === 0) await appendFile(requestsPath, `${JSON.stringify(header)}\n`);
    return new RequestLog(requestsPath, zeroMs, onError);
  }

  /** All times on the monotonic clock. */
  add(
    intendedMs: number,
    readyMs: number,
    sentMs: number,
    endMs: number,
    { version, script }: Choice,
    outcome: Outcome,
    pid: number,
  ): void {
    const rows = this.#rows;
    const at = this.#used;
    rows[at] = intendedMs;
    rows[at + 1] = readyMs;
    rows[at + 2] = sentMs;
    rows[at + 3] = endMs;
    rows[at + 4] = version;
    rows[at + 5] = script;
    rows[at + 6] = outcome === 0 ? 0 : this.#codeOf(outcome);
    rows[at + 7] = pid;
    this.#used = at + COLUMNS;
    if (this.#used === rows.length) this.#flush();
  }

  /** Resolves when everything is in the file. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#flush();
    this.#closing = true;
    this.#thread.postMessage({ type: 'close' });
    await this.#exited;
  }

  #codeOf(outcome: Outcome): number {
    let code = this.#codes.get(outcome);
    if (code === undefined) {
      code = this.#codes.size;
      this.#codes.set(outcome, code);
      this.#thread.postMessage({ type: 'outcome', outcome });
    }
    return code;
  }

  #flush(): void {
    if (this.#used === 0) return;
    const rows = this.#rows.subarray(0, this.#used);
    this.#rows = new Float64Array(ROWS * COLUMNS);
    this.#used = 0;
    this.#thread.postMessage({ type: 'rows', rows }, [rows.buffer]);
  }
}
