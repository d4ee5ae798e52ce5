import type { QueryArrayConfig } from 'pg';
import { POLL_MS } from '../artifacts/polling.ts';
import type { OutsideLockRecord, WaitRecord } from '../artifacts/records.ts';
import { closeQuietly, connect, type PgClient } from '../pg/client.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { monotonicMs, sleep } from '../shared/clock.ts';
import { asError } from '../shared/errors.ts';
import type { NdjsonWriter } from '../shared/ndjson.ts';
import type { RunClock } from '../shared/run-clock.ts';
import { FIRST_USER_OID } from './catalog.ts';
import type { ExactWaits } from './exact-waits.ts';
import { FOREIGN_LOCKS, LOOK, type LookRow } from './lock-queries.ts';
import { PROBE_TIMEOUT_MS, type ProbeLife } from './probe-life.ts';
import { RelationNames } from './relation-names.ts';
import { BlockerFacts } from './session-facts.ts';
import { SessionRoles } from './session-roles.ts';

/** What to look at while something of the plan is going on. */
export interface WatchTarget {
  readonly step: string;
  /**
   * Also record the locks held by this backend, seen from outside. 0 = by any backend of a foreign command: however many
   * connections it opens, under whatever name or through a pooler, they are those that are not ours and whose transaction
   * began after it.
   */
  readonly heldBy: number | null;
  /** Only when it has been going on for so long. Default: from the start. */
  readonly heldAfterMs?: number;
}

/** A target under observation. */
interface Watched extends WatchTarget {
  readonly startedMs: number;
  /** The server's time at the start. */
  startedAt: string;
}

/** Looks from outside who waits for whom, and what the plan holds, but only while a part of the plan is in flight. */
export class LockWatch {
  readonly #client: PgClient;
  readonly #clock: RunClock;
  readonly #waits: NdjsonWriter<WaitRecord>;
  readonly #locks: NdjsonWriter<OutsideLockRecord>;
  readonly #life: ProbeLife;
  readonly #exact: ExactWaits | undefined;
  readonly #roles = new SessionRoles();
  readonly #names: RelationNames;
  /** Relations that were there when a statement began that is watched from outside. */
  #existing: Map<number, string> | null = null;
  readonly #blockers = new BlockerFacts();
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #target: Watched | null = null;
  #wake: () => void = () => undefined;
  #dead = false;
  #ownWaitMs = 0;

  private constructor(client: PgClient, sinks: Sinks) {
    this.#client = client;
    this.#names = new RelationNames(client);
    this.#clock = sinks.clock;
    this.#waits = sinks.waits;
    this.#locks = sinks.locks;
    this.#life = sinks.life;
    this.#exact = sinks.exact;
    this.#life.note('waits', 'started');
    this.#loop = this.#run();
  }

  static async start(endpoint: PgEndpoint, sinks: Sinks): Promise<LockWatch> {
    return new LockWatch(await connect(endpoint, 'probe', { queryTimeoutMs: PROBE_TIMEOUT_MS }), sinks);
  }

  /** Polls while `work` goes on. */
  async during<T>(target: WatchTarget, work: () => Promise<T>): Promise<T> {
    const watched: Watched = { ...target, startedMs: monotonicMs(), startedAt: '-infinity' };
    this.#existing = null;
    this.#names.forget(); // the step before may have renamed what it names
    if (target.heldBy !== null && !target.heldAfterMs)
      await this.#learnExisting(watched).catch((error: unknown) => {
        this.#die(error);
      });
    await this.#exact?.begin(target.heldBy);
    this.#target = watched;
    this.#ownWaitMs = 0;
    this.#wake();
    try {
      return await work();
    } finally {
      this.#target = null;
      this.#exact?.end();
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
          const everyMs = this.#everyMs(target);
          await sleep(Math.max(1, startedMs + everyMs - monotonicMs()));
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

  /** Where the server tells of each wait by itself, rarer looks are enough, but not for locks that are known by them alone. */
  #everyMs({ heldBy, heldAfterMs = 0 }: Watched): number {
    const isBlind = heldBy !== null && heldAfterMs === 0;
    return isBlind ? POLL_MS : (this.#exact?.pollMs ?? POLL_MS);
  }

  async #poll(target: Watched): Promise<void> {
    const isHolding = isHoldingDue(target);
    const existing = isHolding ? (this.#existing ?? (await this.#learnExisting(target))) : null;
    const { rows, tMs } = await this.#ask({ ...LOOK, values: [isHolding ? target.heldBy : null] });
    const waiters = rows.filter(([, , , , granted]) => !granted);
    if (waiters.length > 0) await this.#writeWaits(waiters, tMs);
    if (existing === null) return;
    if (target.heldBy === 0) {
      const foreign = await this.#ask({ ...FOREIGN_LOCKS, values: [target.startedAt] });
      this.#writeHeld(foreign.rows, foreign.tMs, target.step, existing);
    } else {
      const own = rows.filter(([pid, locktype]) => pid === target.heldBy && locktype === 'relation');
      this.#writeHeld(own, tMs, target.step, existing);
    }
  }

  async #ask(query: QueryArrayConfig<(number | string | null)[]>): Promise<{ rows: LookRow[]; tMs: number }> {
    const askedMs = this.#clock.now();
    const { rows } = await this.#client.query<LookRow>(query);
    // The server looked at its clock somewhere between asking and answering: take the middle.
    return { rows, tMs: (askedMs + this.#clock.now()) / 2 };
  }

  #writeHeld(
    rows: readonly LookRow[],
    tMs: number,
    step: string,
    existing: ReadonlyMap<number, string>,
  ): void {
    for (const [pid, , mode, oid, granted] of rows) {
      // What the statement itself makes, such as the index of CREATE INDEX CONCURRENTLY, nobody else can wait for.
      const relation = existing.get(Number(oid));
      if (relation === undefined) continue;
      this.#locks.write({ tMs, pid, step, relation, mode, granted });
    }
  }

  async #writeWaits(rows: LookRow[], tMs: number): Promise<void> {
    await this.#roles.learn(
      this.#client,
      rows.flatMap(([pid, , , , , , , blockers]) => [pid, ...blockers]),
    );
    const sessions = await this.#blockers.changed(
      this.#client,
      rows.flatMap(([, , , , , , , blockers]) => blockers),
      tMs,
    );
    await this.#names.learn(rows.flatMap(([, , , oid]) => (oid === null ? [] : [Number(oid)])));
    for (const [pid, locktype, mode, oid, , waitedMs, waitStartMs, blockers] of rows) {
      const news = sessions.filter((session) => blockers.includes(session.pid));
      if (this.#roles.of(pid) === 'migration')
        this.#ownWaitMs = Math.max(this.#ownWaitMs, Number(waitedMs ?? 0));
      this.#waits.write({
        tMs,
        pid,
        role: this.#roles.of(pid),
        relation: oid === null ? null : this.#names.of(Number(oid)),
        locktype,
        mode,
        // waitstart is empty for a moment after the wait began (PostgreSQL's manual, pg_locks).
        sinceMs: tMs - Math.max(0, Number(waitedMs ?? 0)),
        ...(waitStartMs === null ? {} : { waitStartMs: Number(waitStartMs) }),
        blockedBy: blockers.map((blocker) => ({ pid: blocker, role: this.#roles.of(blocker) })),
        ...(news.length === 0 ? {} : { sessions: news }),
      });
    }
  }

  async #learnExisting(target: Watched): Promise<Map<number, string>> {
    const { rows } = await this.#client.query<{ oid: string; name: string; at: string }>(
      `select c.oid::bigint as oid, n.nspname || '.' || c.relname as name, clock_timestamp()::text as at
         from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid >= ${FIRST_USER_OID}`,
    );
    target.startedAt = rows[0]?.at ?? target.startedAt;
    return (this.#existing = new Map(rows.map(({ oid, name }) => [Number(oid), name])));
  }
}

function isHoldingDue(target: Watched): boolean {
  const { heldBy, heldAfterMs = 0, startedMs } = target;
  return heldBy !== null && monotonicMs() - startedMs >= heldAfterMs;
}

interface Sinks {
  readonly clock: RunClock;
  readonly waits: NdjsonWriter<WaitRecord>;
  readonly locks: NdjsonWriter<OutsideLockRecord>;
  readonly life: ProbeLife;
  /** Absent: waits are known by polling only. */
  readonly exact?: ExactWaits;
}
