import type { SessionRole, WaitRecord } from '../../../artifacts/records/records.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import type { PreparedHolds } from '../prepared.ts';
import type { Change, LookState } from './look-states.ts';

/** The migration's backend and the relation that the last one of the chain wants from it. */
export interface Link {
  readonly pid: number;
  readonly relation: string | null;
  readonly locktype: string;
}

/** For how long one look after the other saw the same end of a chain. */
export interface LinkedFor extends Interval {
  readonly link: Link;
}

interface Linked {
  readonly link: Link;
  /** The session through which it waits; undefined where it waits for the migration itself. */
  readonly via: number | undefined;
  /** How many sessions are between. */
  readonly depth: number;
}

/**
 * Who waits for the migration, itself or behind others who do, from one state to the next: what a change costs is what changed, and
 * those who stand behind it, however many wait.
 */
export class Chains {
  readonly #prepared: PreparedHolds;
  readonly #linked = new Map<number, Linked>();
  readonly #waitersOf = new Map<number, Set<number>>();
  /** Those of which the last state told, since when. */
  readonly #open = new Map<WaitRecord, { readonly link: Link; readonly fromMs: number }>();
  readonly #behind = new Map<WaitRecord, LinkedFor[]>();
  /** Backends of the command steps that run. */
  #foreign: readonly ReadonlySet<number>[] = [];
  #endMs = 0;

  constructor(prepared: PreparedHolds) {
    this.#prepared = prepared;
  }

  /** @param foreign backends of the command steps that run then */
  next({ state, gone, come, fromMs, toMs }: Change, foreign: readonly ReadonlySet<number>[]): void {
    for (const record of gone) this.#remove(record);
    for (const record of come) if (state.get(record.pid) === record) this.#add(record);
    const loose = new Set(come.map(({ pid }) => pid));
    for (const { pid } of gone) this.#loosen(pid, loose);
    if (!isSame(foreign, this.#foreign)) {
      this.#foreign = foreign;
      this.#linked.clear();
      for (const pid of state.keys()) loose.add(pid);
    }
    this.#settle(loose, state);
    for (const record of gone) if (state.get(record.pid) !== record) this.#tell(record, undefined, fromMs);
    for (const pid of loose) {
      const record = state.get(pid);
      if (record !== undefined)
        this.#tell(record, this.#isForeign(pid) ? undefined : this.#linked.get(pid)?.link, fromMs);
    }
    this.#endMs = toMs;
  }

  /** By record the ends of its chain; those that never led to the migration are left out. */
  ended(): ReadonlyMap<WaitRecord, LinkedFor[]> {
    for (const record of [...this.#open.keys()]) this.#tell(record, undefined, this.#endMs);
    return this.#behind;
  }

  #add(record: WaitRecord): void {
    for (const pid of blockersOf(record)) {
      const waiters = this.#waitersOf.get(pid);
      if (waiters === undefined) this.#waitersOf.set(pid, new Set([record.pid]));
      else waiters.add(record.pid);
    }
  }

  #remove(record: WaitRecord): void {
    for (const pid of blockersOf(record)) {
      const waiters = this.#waitersOf.get(pid);
      waiters?.delete(record.pid);
      if (waiters?.size === 0) this.#waitersOf.delete(pid);
    }
  }

  /** Takes the link from a session and all who have theirs through it. */
  #loosen(pid: number, loose: Set<number>): void {
    const ended = [pid];
    for (const one of ended) {
      loose.add(one);
      if (!this.#linked.delete(one)) continue;
      for (const waiter of this.#waitersOf.get(one) ?? [])
        if (this.#linked.get(waiter)?.via === one) ended.push(waiter);
    }
  }

  /** From the migration backwards, each session once: a queue has more ways through it than can be walked. */
  #settle(loose: Set<number>, state: LookState): void {
    const found: number[] = [];
    for (const pid of loose) {
      const linked = this.#direct(state.get(pid)) ?? this.#through(state.get(pid));
      if (linked === undefined) continue;
      this.#linked.set(pid, linked);
      found.push(pid);
    }
    for (const pid of found) {
      const linked = this.#linked.get(pid);
      if (linked === undefined) continue;
      for (const waiter of this.#waitersOf.get(pid) ?? []) {
        if (this.#linked.has(waiter)) continue;
        this.#linked.set(waiter, { link: linked.link, via: pid, depth: linked.depth + 1 });
        loose.add(waiter);
        found.push(waiter);
      }
    }
  }

  #direct(record: WaitRecord | undefined): Linked | undefined {
    const blocker = record?.blockedBy.find(({ pid, role }) => this.#isMigration(pid, role));
    if (record === undefined || blocker === undefined) return undefined;
    const { relation, locktype } = record;
    return {
      link: { pid: this.#prepared.ownerOf(blocker.pid), relation, locktype },
      via: undefined,
      depth: 0,
    };
  }

  /** Whom `after` stands for lead to the same end as `after` itself. */
  #through(record: WaitRecord | undefined): Linked | undefined {
    let nearest: Linked | undefined;
    for (const via of record === undefined ? [] : blockersOf(record)) {
      const linked = this.#linked.get(via);
      if (linked !== undefined && linked.depth + 1 < (nearest?.depth ?? Infinity))
        nearest = { link: linked.link, via, depth: linked.depth + 1 };
    }
    return nearest;
  }

  #tell(record: WaitRecord, link: Link | undefined, atMs: number): void {
    const open = this.#open.get(record);
    if (open !== undefined && link !== undefined && isSameLink(open.link, link)) return;
    if (open !== undefined) {
      const before = this.#behind.get(record);
      const told = { link: open.link, fromMs: open.fromMs, toMs: atMs };
      if (before === undefined) this.#behind.set(record, [told]);
      else before.push(told);
      this.#open.delete(record);
    }
    if (link !== undefined) this.#open.set(record, { link, fromMs: atMs });
  }

  /** The app's own sessions are never the plan's. */
  #isMigration(pid: number, role: SessionRole): boolean {
    if (role === 'app') return false;
    return role === 'migration' || role === 'command' || this.#isForeign(pid) || this.#prepared.isOfPlan(pid);
  }

  #isForeign(pid: number): boolean {
    return this.#foreign.some((pids) => pids.has(pid));
  }
}

function blockersOf({ blockedBy, after }: WaitRecord): number[] {
  const pids = blockedBy.map(({ pid }) => pid);
  return after === undefined ? pids : [...pids, after];
}

function isSame(a: readonly ReadonlySet<number>[], b: readonly ReadonlySet<number>[]): boolean {
  return a.length === b.length && a.every((pids, at) => pids === b[at]);
}

function isSameLink(a: Link, b: Link): boolean {
  return a.pid === b.pid && a.relation === b.relation && a.locktype === b.locktype;
}
