import { closeQuietly, connect, type PgClient } from '../../pg/client.ts';
import type { Interval } from '../../shared/intervals/intervals.ts';
import type { Cut } from '../../plan/model.ts';
import { sleep } from '../../shared/clock.ts';
import type { StepContext } from '../context.ts';
import { crashServer } from './crash-server.ts';

const LOOK_MS = 5;

type Looking = Pick<StepContext, 'primary' | 'clock' | 'signal'>;

/** Looks at one backend from outside, and ends it. */
export class Backend {
  #client: PgClient;
  readonly #pid: number;
  readonly #context: Looking;

  private constructor(client: PgClient, pid: number, context: Looking) {
    this.#client = client;
    this.#pid = pid;
    this.#context = context;
  }

  static async of(pid: number, context: Looking): Promise<Backend> {
    const { primary, signal } = context;
    return new Backend(await connect(primary, 'probe', { signal }), pid, context);
  }

  /** As it is now: a crash of the server ends it, and opens another. */
  get client(): PgClient {
    return this.#client;
  }

  /** @returns how long the server was away, where it went with it */
  async end(how: Exclude<Cut, 'client'>): Promise<Interval | undefined> {
    if (how === 'session') {
      await this.#client.query('select pg_catalog.pg_terminate_backend($1)', [this.#pid]);
      return undefined;
    }
    const { client, down } = await crashServer(this.#client, this.#pid, this.#context);
    this.#client = client;
    return down;
  }

  /** Until it works on something, or is not there any more. */
  async busy(signal: AbortSignal): Promise<void> {
    await this.#until(signal, Infinity, ({ state }) => state === 'active');
  }

  /** Until it waits for `pid` to end. */
  async waitsFor(pid: number, signal: AbortSignal): Promise<void> {
    await this.#until(signal, Infinity, ({ blockers }) => blockers.includes(pid));
  }

  /** Whether it is gone before the time is over. */
  async gone(withinMs: number, signal: AbortSignal): Promise<boolean> {
    return this.#until(signal, withinMs, () => false);
  }

  /** Of its transaction; null where it has none. */
  async xid(): Promise<string | null> {
    const { rows } = await this.#client.query<{ xid: string | null }>(
      'select backend_xid::text as xid from pg_catalog.pg_stat_activity where pid = $1',
      [this.#pid],
    );
    return rows[0]?.xid ?? null;
  }

  /** How many advisory locks it holds. */
  async advisoryLocks(): Promise<number> {
    const { rows } = await this.#client.query<{ held: number }>(
      `select count(*)::int4 as held from pg_catalog.pg_locks where pid = $1 and locktype = 'advisory' and granted`,
      [this.#pid],
    );
    return rows[0]?.held ?? 0;
  }

  async close(): Promise<void> {
    await closeQuietly(this.#client);
  }

  /** True where it is gone. */
  async #until(signal: AbortSignal, withinMs: number, is: (seen: Seen) => boolean): Promise<boolean> {
    for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
      const { rows } = await this.#client.query<Seen>(SEEN, [this.#pid]);
      const [seen] = rows;
      if (seen === undefined) return true;
      if (is(seen) || waitedMs >= withinMs) return false;
      await sleep(LOOK_MS, signal);
    }
  }
}

interface Seen {
  readonly state: string | null;
  readonly blockers: readonly number[];
}

const SEEN = `select state, pg_catalog.pg_blocking_pids(pid) as blockers
                from pg_catalog.pg_stat_activity where pid = $1`;
