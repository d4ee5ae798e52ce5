import { POLL_MS } from '../artifacts/polling.ts';
import type { OutsideLockRecord, WaitRecord } from '../artifacts/records.ts';
import { closeQuietly, connect, type PgClient } from '../pg/client.ts';
import { APPLICATION_PREFIX, type PgEndpoint } from '../pg/endpoint.ts';
import { monotonicMs, sleep } from '../shared/clock.ts';
import { asError } from '../shared/errors.ts';
import type { NdjsonWriter } from '../shared/ndjson.ts';
import type { RunClock } from '../shared/run-clock.ts';
import { FIRST_USER_OID } from './catalog.ts';
import { PROBE_TIMEOUT_MS, type ProbeLife } from './probe-life.ts';
import { SessionRoles } from './session-roles.ts';

/** Only what is not granted: a poll of all of pg_locks costs several times as much with many backends. */
const WAITERS = {
  name: 'rehearse_waiters',
  rowMode: 'array' as const,
  text: `select l.pid, l.locktype, l.mode, l.relation::bigint,
                extract(epoch from clock_timestamp() - l.waitstart) * 1000, pg_blocking_pids(l.pid)
           from pg_locks l where not l.granted`,
};
type WaiterRow = [
  pid: number,
  locktype: string,
  mode: string,
  oid: string | null,
  waitedMs: string | null,
  blockers: number[],
];

const HELD = {
  name: 'rehearse_held',
  rowMode: 'array' as const,
  text: `select l.pid, l.mode, l.relation::bigint, l.granted
           from pg_locks l join pg_stat_activity a on a.pid = l.pid
          where l.locktype = 'relation' and l.relation >= ${FIRST_USER_OID} and l.mode <> 'AccessShareLock'
            and a.datname = current_database() and a.backend_type = 'client backend'
            and (a.pid = $1 or ($1 = 0 and (a.application_name = '${APPLICATION_PREFIX}command'
                                            or a.application_name not like '${APPLICATION_PREFIX}%')))`,
};
type HeldRow = [pid: number, mode: string, oid: string, granted: boolean];

/** What to look at while something of the plan is going on. */
export interface WatchTarget {
  readonly step: string;
  /** Also record the locks held by this backend, seen from outside; 0 = by any backend of a foreign command. */
  readonly heldBy: number | null;
}

/** Looks from outside every 10 ms who waits for whom, but only while a part of the plan is in flight. */
export class LockWatch {
  readonly #client: PgClient;
  readonly #clock: RunClock;
  readonly #waits: NdjsonWriter<WaitRecord>;
  readonly #locks: NdjsonWriter<OutsideLockRecord>;
  readonly #life: ProbeLife;
  readonly #roles = new SessionRoles();
  readonly #names = new Map<number, string>();
  /** Relations that were there when a statement began that is watched from outside. */
  #existing = new Map<number, string>();
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #target: WatchTarget | null = null;
  #wake: () => void = () => undefined;
  #dead = false;
  #ownWaitMs = 0;

  private constructor(client: PgClient, sinks: Sinks) {
    this.#client = client;
    this.#clock = sinks.clock;
    this.#waits = sinks.waits;
    this.#locks = sinks.locks;
    this.#life = sinks.life;
    this.#life.note('waits', 'started');
    this.#loop = this.#run();
  }

  static async start(endpoint: PgEndpoint, sinks: Sinks): Promise<LockWatch> {
    return new LockWatch(await connect(endpoint, 'probe', { queryTimeoutMs: PROBE_TIMEOUT_MS }), sinks);
  }

  /** Polls while `work` goes on. */
  async during<T>(target: WatchTarget, work: () => Promise<T>): Promise<T> {
    if (target.heldBy !== null)
      await this.#learnExisting().catch((error: unknown) => {
        this.#die(error);
      });
    this.#target = target;
    this.#ownWaitMs = 0;
    this.#wake();
    try {
      return await work();
    } finally {
      this.#target = null;
    }
  }

  /** The longest wait of the migration itself that was seen since the last `during` began. */
  get ownWaitMs(): number {
    return this.#ownWaitMs;
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    this.#wake();
    await this.#loop;
    await closeQuietly(this.#client);
    if (!this.#dead) this.#life.note('waits', 'stopped');
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stop.signal.aborted) {
        const startedMs = monotonicMs();
        const target = this.#target;
        if (target === null) await new Promise<void>((resolve) => (this.#wake = resolve));
        else {
          await this.#poll(target);
          await sleep(Math.max(1, startedMs + POLL_MS - monotonicMs()));
        }
      }
    } catch (error) {
      this.#die(error);
    }
  }

  /** The run goes on without its eyes; the verdict will be inconclusive. */
  #die(error: unknown): void {
    if (!this.#dead) this.#life.note('waits', 'died', asError(error).message);
    this.#dead = true;
  }

  async #poll(target: WatchTarget): Promise<void> {
    const askedMs = this.#clock.now();
    const { rows } = await this.#client.query<WaiterRow>(WAITERS);
    // The server looked at its clock somewhere between asking and answering: take the middle.
    const tMs = (askedMs + this.#clock.now()) / 2;
    if (rows.length > 0) await this.#writeWaits(rows, tMs);
    if (target.heldBy !== null) {
      const held = await this.#client.query<HeldRow>({ ...HELD, values: [target.heldBy] });
      for (const [pid, mode, oid, granted] of held.rows) {
        // What the statement itself makes, such as the index of CREATE INDEX CONCURRENTLY, nobody else can wait for.
        const relation = this.#existing.get(Number(oid));
        if (relation === undefined) continue;
        this.#locks.write({ tMs, pid, step: target.step, relation, mode, granted });
      }
    }
  }

  async #writeWaits(rows: WaiterRow[], tMs: number): Promise<void> {
    await this.#roles.learn(
      this.#client,
      rows.flatMap(([pid, , , , , blockers]) => [pid, ...blockers]),
    );
    for (const [pid, locktype, mode, oid, waitedMs, blockers] of rows) {
      if (this.#roles.of(pid) === 'migration')
        this.#ownWaitMs = Math.max(this.#ownWaitMs, Number(waitedMs ?? 0));
      this.#waits.write({
        tMs,
        pid,
        role: this.#roles.of(pid),
        relation: oid === null ? null : await this.#nameOf(Number(oid)),
        locktype,
        mode,
        // waitstart is empty for a moment after the wait began (PostgreSQL's manual, pg_locks).
        sinceMs: tMs - Math.max(0, Number(waitedMs ?? 0)),
        blockedBy: blockers.map((blocker) => ({ pid: blocker, role: this.#roles.of(blocker) })),
      });
    }
  }

  async #learnExisting(): Promise<void> {
    const { rows } = await this.#client.query<{ oid: string; name: string }>(
      `select c.oid::bigint as oid, n.nspname || '.' || c.relname as name
         from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid >= ${FIRST_USER_OID}`,
    );
    this.#existing = new Map(rows.map(({ oid, name }) => [Number(oid), name]));
  }

  async #nameOf(oid: number): Promise<string> {
    const known = this.#names.get(oid);
    if (known !== undefined) return known;
    const { rows } = await this.#client.query<{ name: string }>(
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = $1`,
      [oid],
    );
    const name = rows[0]?.name ?? `oid ${oid}`;
    // A relation made by the transaction that is in flight cannot be seen yet: ask again next time.
    if (rows[0]) this.#names.set(oid, name);
    return name;
  }
}

interface Sinks {
  readonly clock: RunClock;
  readonly waits: NdjsonWriter<WaitRecord>;
  readonly locks: NdjsonWriter<OutsideLockRecord>;
  readonly life: ProbeLife;
}
