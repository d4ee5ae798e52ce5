import type { QueryArrayConfig, QueryArrayResult, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import type { ProbeRecord } from '../artifacts/records/records.ts';
import type { Asker } from '../pg/asker.ts';
import { closeQuietly, connect, type PgClient } from '../pg/client.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { isConnectionLoss, sqlstateOf } from '../pg/pg-error.ts';
import { monotonicMs, sleep } from '../shared/clock.ts';
import { asError } from '../shared/errors.ts';
import type { ProbeLife } from './probe-life.ts';

/** A probe that gets no answer for so long is dead, and says so, instead of holding up the run. */
const PROBE_TIMEOUT_MS = 30_000;
/** Who cannot come back within this time does not. Crash recovery of a rehearsal's database takes seconds. */
const BACK_WITHIN_MS = 30_000;
const QUERY_CANCELED = '57014';
const MOST_CANCELS = 100;
const PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

/** Whose connection it is, and for how long it may be away before something is missed. */
interface ProbeConnectionOwner {
  readonly probe: ProbeRecord['probe'];
  readonly life: ProbeLife;
  readonly mayBeAwayMs: number;
}

/**
 * The connection of a probe. What the plan does to sessions can end it: it is opened again and the question asked again. Only
 * when it was away for longer than the probe can bear, that is on record as a gap.
 */
export class ProbeConnection implements Asker {
  readonly #endpoint: PgEndpoint;
  readonly #owner: ProbeConnectionOwner;
  readonly #stop = new AbortController();
  #client: PgClient;
  #farewell: Error | undefined;
  #reopening: Promise<void> | undefined;

  private constructor(endpoint: PgEndpoint, owner: ProbeConnectionOwner, client: PgClient) {
    this.#endpoint = endpoint;
    this.#owner = owner;
    this.#client = this.#watched(client);
  }

  /** @throws CONNECTION_FAILED */
  static async open(endpoint: PgEndpoint, owner: ProbeConnectionOwner): Promise<ProbeConnection> {
    return new ProbeConnection(endpoint, owner, await open(endpoint));
  }

  query<R extends unknown[]>(question: QueryArrayConfig): Promise<QueryArrayResult<R>>;
  query<T extends QueryResultRow>(
    question: string | QueryConfig,
    values?: unknown[],
  ): Promise<QueryResult<T>>;
  /** @throws what PostgreSQL says of the question, or why it cannot be reached any more */
  async query(question: string | QueryConfig, values?: unknown[]): Promise<QueryResult> {
    const sinceMs = monotonicMs();
    for (let tries = 1; ; tries++) {
      const client = this.#client;
      try {
        return await client.query(question, values);
      } catch (error) {
        if (isConnectionLoss(error)) await this.#replace(client, asError(error), sinceMs);
        // The plan may cancel whatever it finds at work.
        else if (sqlstateOf(error) !== QUERY_CANCELED || tries === MOST_CANCELS) throw error;
      }
    }
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the probe was stopped'));
    await closeQuietly(this.#client);
  }

  /** What the server said as it ended the session, between two questions: the socket's own errors come before or after it. */
  #watched(client: PgClient): PgClient {
    client.on('error', (error: Error) => {
      if (sqlstateOf(this.#farewell) === undefined) this.#farewell = error;
    });
    return client;
  }

  /** Of several questions that were lost together the first one opens the connection again. */
  async #replace(lost: PgClient, why: Error, sinceMs: number): Promise<void> {
    if (lost !== this.#client) return;
    this.#reopening ??= this.#reopen(this.#farewell ?? why, sinceMs).finally(
      () => (this.#reopening = undefined),
    );
    await this.#reopening;
  }

  async #reopen(why: Error, sinceMs: number): Promise<void> {
    const { probe, life, mayBeAwayMs } = this.#owner;
    this.#farewell = undefined;
    const over = AbortSignal.any([this.#stop.signal, life.cutOff]);
    await closeQuietly(this.#client);
    for (let pauseMs = PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        this.#client = this.#watched(await open(this.#endpoint));
        const awayMs = monotonicMs() - sinceMs;
        if (awayMs > mayBeAwayMs) life.gap(probe, awayMs, why.message);
        return;
      } catch (error) {
        over.throwIfAborted();
        if (monotonicMs() - sinceMs > BACK_WITHIN_MS)
          throw new Error(`${why.message}; and it could not come back: ${asError(error).message}`, {
            cause: error,
          });
        await sleep(pauseMs, over);
      }
    }
  }
}

function open(endpoint: PgEndpoint): Promise<PgClient> {
  return connect(endpoint, 'probe', { queryTimeoutMs: PROBE_TIMEOUT_MS });
}
