import { POLL_MS } from '../artifacts/polling.ts';
import type { ExactWaitRecord, WaitTier } from '../artifacts/records/wait-records.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { ownSessions } from '../pg/own-sessions.ts';
import { monotonicMs, sleep } from '../shared/clock.ts';
import { asError } from '../shared/errors.ts';
import type { NdjsonWriter } from '../shared/files/ndjson.ts';
import type { RunClock } from '../shared/run-clock.ts';
import type { TracedGrant, TracedWait } from '../tracing/lock-pairing.ts';
import { ProbeConnection } from './probe-connection.ts';
import type { ProbeLife } from './probe-life.ts';
import { RelationNames } from './relation-names.ts';
import { SessionRoles } from './sessions/session-roles.ts';
import { firstAbove } from '../shared/intervals/overlap-index.ts';
import { ToldWaits } from './looks/told-waits.ts';
import type { Touched } from './touched/touched.ts';
import type { WaitSource, WaitSourceKind } from './wait-source.ts';

const FLUSH_MS = 500;
const MAY_BE_AWAY_MS = 5000;
/** The app may make and rename relations as well. */
const NAMES_MS = 1000;
/** The look that sees a wait can have its answer a while after the wait has ended. */
const LOOKED_MS = 1000;

interface Sinks {
  readonly writer: NdjsonWriter<ExactWaitRecord>;
  readonly clock: RunClock;
  readonly life: ProbeLife;
  /** Absent: others than the plan may rename relations as well. */
  readonly touched?: Touched;
}

/**
 * Records the waits that the server itself tells of, by the best source that can be had, while a part of the plan is in
 * flight. A source that ends by itself is replaced by polling, and the record says so: nothing is missing silently.
 */
export class ExactWaits {
  readonly #server: ProbeConnection;
  readonly #sinks: Sinks;
  /** Who is who, for whoever looks. */
  readonly roles: SessionRoles;
  /** Of whom the looks told. */
  readonly told = new ToldWaits();
  /** As at the beginning of the part that is in flight, and of the one before it: a part may rename or drop what it locks. */
  #names: RelationNames;
  #namesBefore: RelationNames;
  #namesAtMs = -Infinity;
  /** The part before this one has left the names as they were. */
  #areNamesKept = false;
  readonly #stop = new AbortController();
  readonly #flights: { fromMs: number; toMs: number }[] = [];
  #source: WaitSource | undefined;
  #waits: TracedWait[] = [];
  #grants: TracedGrant[] = [];
  #loop: Promise<void> = Promise.resolve();
  /** The end of a source that failed. */
  #ended: Promise<void> = Promise.resolve();
  #databaseOid = 0;
  #followed = 0;
  #pollMs = POLL_MS;

  private constructor(server: ProbeConnection, roles: SessionRoles, sinks: Sinks) {
    this.#server = server;
    this.roles = roles;
    this.#sinks = sinks;
    this.#names = this.#namesBefore = new RelationNames(server, sinks.touched);
  }

  /** Takes the first of `kinds` that can be had; with none of them, polling is on record as the way. */
  static async start(
    endpoint: PgEndpoint,
    kinds: readonly WaitSourceKind[],
    sinks: Sinks,
  ): Promise<ExactWaits> {
    // A source does not live on this connection: names and roles can be asked a little later.
    const owner = { probe: 'waits', life: sinks.life, mayBeAwayMs: MAY_BE_AWAY_MS } as const;
    const server = await ProbeConnection.open(endpoint, owner);
    const waits = new ExactWaits(server, new SessionRoles(ownSessions(endpoint)), sinks);
    try {
      await waits.#open(kinds);
    } catch (error) {
      await server.close();
      throw error;
    }
    waits.#loop = waits.#run();
    return waits;
  }

  /** Whether waits are known better than by polling. */
  get isExact(): boolean {
    return this.#source !== undefined;
  }

  /** How often it is enough to look who waits for whom. */
  get pollMs(): number {
    return this.#source === undefined ? POLL_MS : this.#pollMs;
  }

  /**
   * A part of the plan begins, in this backend where it is known.
   * @param keepsNames it makes, renames and drops nothing: what is called how needs not be read again behind it
   */
  async begin(pid: number | null, keepsNames = false): Promise<void> {
    this.#flights.push({ fromMs: monotonicMs(), toMs: Infinity });
    const source = this.#source;
    if (source === undefined) return;
    try {
      await this.#readNames(keepsNames);
      if (!pid || pid === this.#followed) return;
      this.#followed = pid;
      await source.follow(pid);
    } catch (error) {
      this.#fallBack(asError(error).message);
    }
  }

  async #readNames(keepsNames: boolean): Promise<void> {
    const nowMs = monotonicMs();
    const isFresh = this.#areNamesKept && nowMs - this.#namesAtMs < NAMES_MS;
    this.#areNamesKept = keepsNames;
    if (isFresh) return;
    const names = await this.#names.asOfNow();
    this.#namesBefore = this.#names;
    this.#names = names;
    this.#namesAtMs = nowMs;
  }

  /** It has ended. */
  end(): void {
    const flight = this.#flights.at(-1);
    if (flight) flight.toMs = monotonicMs();
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#loop;
    try {
      await this.#source?.stop();
      await this.#ended;
    } finally {
      await this.#flush(Infinity).catch((error: unknown) => {
        this.#fallBack(asError(error).message);
      });
      await this.#server.close();
    }
  }

  async #open(kinds: readonly WaitSourceKind[]): Promise<void> {
    const { rows } = await this.#server.query<{ oid: string }>(
      'select oid::bigint as oid from pg_database where datname = current_database()',
    );
    this.#databaseOid = Number(rows[0]?.oid);
    const reasons: string[] = [];
    for (const kind of kinds) {
      let endedEarly: string | undefined;
      try {
        this.#source = await kind.open(this.#server, {
          onWait: (wait) => {
            if (this.#concerns(wait)) this.#waits.push(wait);
          },
          onGrant: (grant) => void this.#grants.push(grant),
          onRelease: ({ pid, atMs }) => {
            this.#sinks.writer.write({ type: 'release', pid, tMs: this.#sinks.clock.at(atMs) });
          },
          onEnd: (why) => {
            endedEarly = why;
            this.#fallBack(why);
          },
        });
        this.#pollMs = kind.pollMs;
        this.#note(kind.tier, this.#source.resolutionMs ?? kind.resolutionMs, reasons);
        if (endedEarly !== undefined) this.#fallBack(endedEarly);
        return;
      } catch (error) {
        reasons.push(`${kind.tier}: ${asError(error).message}`);
      }
    }
    this.#note('polling', POLL_MS / 2, reasons);
  }

  #note(tier: WaitTier, resolutionMs: number, reasons: readonly string[]): void {
    this.#sinks.writer.write({
      type: 'tier',
      tier,
      resolutionMs,
      tMs: this.#sinks.clock.now(),
      pollMs: this.pollMs,
      why: reasons.length === 0 ? null : reasons.join('; '),
    });
  }

  #fallBack(why: string): void {
    const source = this.#source;
    if (source === undefined) return;
    this.#source = undefined;
    this.#note('polling', POLL_MS / 2, [why]);
    this.#ended = source.stop().catch(() => undefined); // it has failed already, and that is on record
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await sleep(FLUSH_MS, this.#stop.signal).catch(() => undefined);
      await this.#flush(monotonicMs() - LOOKED_MS).catch((error: unknown) => {
        this.#fallBack(asError(error).message);
      });
      this.told.forget(this.#sinks.clock.now());
    }
  }

  /** @param endedMs of what ended by then the looks have told, where they will; only those for rows wait for that */
  async #flush(endedMs: number): Promise<void> {
    this.#writeGrants();
    const due: TracedWait[] = [];
    const later: TracedWait[] = [];
    for (const wait of this.#waits)
      (wait.locktype === 'relation' || wait.toMs <= endedMs ? due : later).push(wait);
    this.#waits = later;
    await this.roles.learn(
      this.#server,
      due.map(({ pid }) => pid),
    );
    const waits = due.filter((wait) => this.#isTelling(wait));
    if (waits.length === 0) return;
    for (const { fromMs, relationOid } of waits)
      if (relationOid !== null) await this.#namesAt(fromMs).learn([relationOid]);
    const { clock, writer } = this.#sinks;
    for (const { pid, locktype, mode, end, fromMs, toMs, relationOid } of waits) {
      writer.write({
        type: 'wait',
        pid,
        role: this.roles.of(pid),
        locktype,
        mode,
        end,
        relation: relationOid === null ? null : this.#namesAt(fromMs).of(relationOid),
        fromMs: clock.at(fromMs),
        toMs: clock.at(toMs),
      });
    }
  }

  /**
   * Sessions of the app wait for each other's rows all the time, a busy one a thousand times a second: where no look told of such a
   * wait, nobody knows for whom it was, or it was for one of their own, and nothing follows from it.
   */
  #isTelling({ pid, locktype, fromMs, toMs }: TracedWait): boolean {
    if (locktype === 'relation' || this.roles.of(pid) !== 'app') return true;
    const { clock } = this.#sinks;
    return this.told.has(pid, clock.at(fromMs), clock.at(toMs));
  }

  /** What a part itself made has no name yet, and nobody else can want it. */
  #writeGrants(): void {
    const { clock, writer } = this.#sinks;
    const grants = this.#grants;
    this.#grants = [];
    for (const { pid, atMs, databaseOid, relationOid } of grants) {
      const relation = this.#namesAt(atMs).known(relationOid);
      if (relation !== undefined && this.#concerns({ databaseOid, fromMs: atMs, toMs: atMs }))
        writer.write({ type: 'grant', pid, tMs: clock.at(atMs), relation });
    }
  }

  /** By when they were read, which may be some parts of the plan ago. */
  #namesAt(ms: number): RelationNames {
    return ms < this.#namesAtMs ? this.#namesBefore : this.#names;
  }

  #concerns({ databaseOid, fromMs, toMs }: Pick<TracedWait, 'databaseOid' | 'fromMs' | 'toMs'>): boolean {
    const isElsewhere = databaseOid !== 0 && databaseOid !== this.#databaseOid;
    if (isElsewhere) return false;
    // They follow one another: whoever does not overlap the last one that began before its end overlaps none.
    const last = this.#flights[firstAbove(this.#flights, toMs, (flight) => flight.fromMs) - 1];
    return last !== undefined && fromMs <= last.toMs;
  }
}
