import type { PgEndpoint } from '../pg/endpoint.ts';
import { sqlstateOf } from '../pg/pg-error.ts';
import { monotonicMs, sleep } from '../shared/clock.ts';
import { asError } from '../shared/errors.ts';
import { AppConnection } from './app-connection.ts';
import type { RequestRun } from './requests/request-run.ts';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

/** A place of the app's pool: its connection is opened again whenever it is lost. */
export class ConnectionSlot {
  /** The request that runs on the connection, one at a time. */
  readonly run: RequestRun;
  readonly #endpoint: PgEndpoint;
  readonly #signal: AbortSignal;
  readonly #onLostIdle: () => void;
  #connection: AppConnection | undefined;

  /** @param onLostIdle the connection was lost; also called while a request runs on it */
  constructor(run: RequestRun, endpoint: PgEndpoint, signal: AbortSignal, onLostIdle: () => void) {
    this.run = run;
    this.#endpoint = endpoint;
    this.#signal = signal;
    this.#onLostIdle = onLostIdle;
  }

  get connection(): AppConnection | undefined {
    return this.#connection;
  }

  /** @throws CONNECTION_FAILED */
  async open(): Promise<void> {
    const connection = await AppConnection.open(this.#endpoint, this.#signal, this.#onLostIdle);
    if (this.#signal.aborted) await connection.close();
    else this.#connection = connection;
  }

  /**
   * Tries until it works, with pauses of 50 ms to 1 s; returns how long that took.
   * @param onRefused told the SQLSTATE each time that the server is there and does not let the app in
   * @throws the signal's reason
   */
  async reopen(onRefused: (sqlstate: string) => void): Promise<number> {
    const lostAtMs = monotonicMs();
    await this.close();
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      await sleep(pauseMs, this.#signal);
      try {
        await this.open();
        return monotonicMs() - lostAtMs;
      } catch (error) {
        this.#signal.throwIfAborted();
        const sqlstate = sqlstateOf(asError(error).cause);
        // Without one, or in class 57 (it starts, or goes down), the server is not back yet.
        if (sqlstate !== undefined && !sqlstate.startsWith('57')) onRefused(sqlstate);
      }
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.run.cancel();
    await connection?.close();
  }
}
