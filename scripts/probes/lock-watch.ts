import type { QueryArrayConfig } from 'pg';
import { CALM_POLL_MS, POLL_MS } from '../artifacts/polling.ts';
import type { OutsideLockRecord } from '../artifacts/records/records.ts';
import type { LockStreamRecord, WaitStreamRecord } from '../artifacts/records/sighting-records.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { ownSessions } from '../pg/own-sessions.ts';
import { monotonicMs, sleep } from '../shared/clock.ts';
import { asError } from '../shared/errors.ts';
import type { NdjsonWriter } from '../shared/files/ndjson.ts';
import type { RunClock } from '../shared/run-clock.ts';
import type { ExactWaits } from './exact-waits.ts';
import { FOREIGN_LOCKS, LOOK, type LookRow } from './lock-queries.ts';
import { SightingLog, type Sight } from './looks/sighting-log.ts';
import { ProbeConnection } from './probe-connection.ts';
import type { ProbeLife } from './probe-life.ts';
import { RelationNames } from './relation-names.ts';
import { SessionRoles } from './sessions/session-roles.ts';
import { WaitWriter } from './sessions/wait-writer.ts';
import type { Touched } from './touched/touched.ts';

/** A wait that is longer than a look was away is still seen by its start. */
const MAY_BE_AWAY_MS = 250;

/** When a part of the plan is first looked at: a plan of thousands of short statements would else be looked at once for each. */
const FIRST_LOOK_MS = POLL_MS / 2;

/** A look is dated to a microsecond: more digits would only be longer. */
const DIGITS = 1000;

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
  /** Nothing in it makes, renames or drops a relation, as far as its text tells. */
  readonly keepsNames?: boolean;
  /** Nothing of the plan is at work: only what it left behind can stand in somebody's way, and a rare look is enough. */
  readonly isCalm?: boolean;
}

/** A target under observation. */
interface Watched extends WatchTarget {
  readonly startedMs: number;
  /** The server's time at the start. */
  startedAt: string;
}

/** Looks from outside who waits for whom, and what the plan holds, but only while a part of the plan is in flight. */
export class LockWatch {
  readonly #server: ProbeConnection;
  readonly #clock: RunClock;
  readonly #waits: WaitWriter;
  readonly #locks: SightingLog<OutsideLockRecord>;
  readonly #life: ProbeLife;
  readonly #exact: ExactWaits | undefined;
  readonly #roles: SessionRoles;
  readonly #names: RelationNames;
  /** Relations that were there when a statement began that is watched from outside. */
  #existing: RelationNames | null = null;
  /** Those of all relations, as they were when last asked for. */
  #allNames: RelationNames;
  readonly #stop = new AbortController();
  readonly #loop: Promise<void>;
  #target: Watched | null = null;
  #wake: () => void = () => undefined;
  #dead = false;

  private constructor(server: ProbeConnection, roles: SessionRoles, sinks: Sinks) {
    this.#server = server;
    this.#names = new RelationNames(server);
    this.#allNames = new RelationNames(server, sinks.touched);
    this.#clock = sinks.clock;
    this.#roles = roles;
    this.#waits = new WaitWriter({
      server,
      roles,
      names: this.#names,
      waits: sinks.waits,
      told: sinks.exact?.told,
    });
    this.#locks = new SightingLog(sinks.locks);
    this.#life = sinks.life;
    this.#exact = sinks.exact;
    this.#life.note('waits', 'started');
    this.#loop = this.#run();
  }

  static async start(endpoint: PgEndpoint, sinks: Sinks): Promise<LockWatch> {
    const owner = { probe: 'waits', life: sinks.life, mayBeAwayMs: MAY_BE_AWAY_MS } as const;
    const roles = sinks.exact?.roles ?? new SessionRoles(ownSessions(endpoint));
    return new LockWatch(await ProbeConnection.open(endpoint, owner), roles, sinks);
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
    if (target.heldBy === 0) this.#roles.commandSince(watched.startedMs);
    if (!target.isCalm) await this.#exact?.begin(target.heldBy, target.keepsNames);
    this.#target = watched;
    this.#wake();
    try {
      return await work();
    } finally {
      this.#target = null;
      this.#roles.commandSince(Infinity);
      if (!target.isCalm) this.#exact?.end();
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    this.#wake();
    await this.#loop;
    await this.#server.close();
    this.#waits.close();
    this.#locks.close();
    if (!this.#dead) this.#life.note('waits', 'stopped');
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stop.signal.aborted) {
        const startedMs = monotonicMs();
        const target = this.#target;
        if (target === null) {
          await new Promise<void>((resolve) => (this.#wake = resolve));
          await sleep(FIRST_LOOK_MS);
        } else {
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
  #everyMs({ heldBy, heldAfterMs = 0, isCalm = false }: Watched): number {
    if (isCalm) return CALM_POLL_MS;
    const isBlind = heldBy !== null && heldAfterMs === 0;
    return isBlind ? POLL_MS : (this.#exact?.pollMs ?? POLL_MS);
  }

  async #poll(target: Watched): Promise<void> {
    const isHolding = isHoldingDue(target);
    const existing = isHolding ? (this.#existing ?? (await this.#learnExisting(target))) : null;
    const { rows, tMs } = await this.#ask({ ...LOOK, values: [isHolding ? target.heldBy : null] });
    const waiters = rows.filter(([, , , , granted]) => !granted);
    await this.#waits.write(waiters, tMs);
    if (existing === null) return;
    if (target.heldBy === 0) {
      const values = [target.startedAt, this.#roles.ownPids()];
      const foreign = await this.#ask({ ...FOREIGN_LOCKS, values });
      this.#roles.areCommand(foreign.rows.map(([pid]) => pid));
      this.#writeHeld(foreign.rows, foreign.tMs, target.step, existing);
    } else {
      const own = rows.filter(([pid, locktype]) => pid === target.heldBy && locktype === 'relation');
      this.#writeHeld(own, tMs, target.step, existing);
    }
  }

  async #ask(query: QueryArrayConfig): Promise<{ rows: LookRow[]; tMs: number }> {
    const askedMs = this.#clock.now();
    const { rows } = await this.#server.query<LookRow>(query);
    // The server looked at its clock somewhere between asking and answering: take the middle.
    const tMs = (askedMs + this.#clock.now()) / 2;
    return { rows, tMs: Math.round(tMs * DIGITS) / DIGITS };
  }

  #writeHeld(rows: readonly LookRow[], tMs: number, step: string, existing: RelationNames): void {
    const sights = rows.flatMap(([pid, , mode, oid, granted]): Sight<OutsideLockRecord>[] => {
      // What the statement itself makes, such as the index of CREATE INDEX CONCURRENTLY, nobody else can wait for.
      const relation = existing.known(Number(oid));
      if (relation === undefined) return [];
      const record = { tMs, pid, step, relation, mode, granted };
      return [{ key: `${pid} ${oid} ${mode} ${granted}`, told: `${step} ${relation}`, record }];
    });
    this.#locks.look(tMs, sights);
  }

  async #learnExisting(target: Watched): Promise<RelationNames> {
    this.#existing = this.#allNames = await this.#allNames.asOfNow();
    const { rows } = await this.#server.query<{ at: string }>('select clock_timestamp()::text as at');
    target.startedAt = rows[0]?.at ?? target.startedAt;
    return this.#existing;
  }
}

function isHoldingDue(target: Watched): boolean {
  const { heldBy, heldAfterMs = 0, startedMs } = target;
  return heldBy !== null && monotonicMs() - startedMs >= heldAfterMs;
}

interface Sinks {
  readonly clock: RunClock;
  readonly waits: NdjsonWriter<WaitStreamRecord>;
  readonly locks: NdjsonWriter<LockStreamRecord>;
  readonly life: ProbeLife;
  /** Absent: waits are known by polling only. */
  readonly exact?: ExactWaits;
  /** Absent: others than the plan may rename relations as well. */
  readonly touched?: Touched;
}
