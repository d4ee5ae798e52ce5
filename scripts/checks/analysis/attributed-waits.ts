import type { SessionRole, WaitRecord } from '../../artifacts/records.ts';
import type { Disturbance } from './disturbances.ts';
import { groupBy } from './group-by.ts';
import { overlapMs, type Interval } from './intervals.ts';
import type { PreparedHolds } from './prepared.ts';
import { isExact, type WaitSpan } from './waits.ts';
import type { StatementTry } from './windows.ts';

/** A wait of anybody else that leads to the migration, directly or through others that wait. */
export interface AttributedWait extends Interval {
  readonly pid: number;
  readonly role: SessionRole;
  /** Index of the disturbance. */
  readonly cause: number;
  readonly relation: string | null;
  /** Of the lock that the last one of the chain wanted from the migration. */
  readonly locktype: string;
  readonly polls: readonly number[];
  readonly isExact: boolean;
}

/** Backends of a step that run under another name than `migration`: the programs of a command step. */
export type PidsOfStep = (stepName: string) => ReadonlySet<number>;

/** The waits that somebody of the plan is to blame for, each with what of the plan that was. */
export function attributedWaits(
  waits: readonly WaitSpan[],
  causes: readonly Disturbance[],
  commandPids: PidsOfStep,
  prepared: PreparedHolds,
): AttributedWait[] {
  const polls = groupBy(
    waits.flatMap(({ seen }) => seen),
    ({ tMs }) => tMs,
  );
  const commands = causes.filter(({ step }) => step.planned.kind === 'command');
  const chains = new Map(
    [...polls].map(([tMs, records]) => {
      const running = commands.filter(({ fromMs, toMs }) => fromMs <= tMs && toMs >= tMs);
      return [
        tMs,
        new Chain(
          records,
          running.map(({ step }) => commandPids(step.planned.name)),
          prepared,
        ),
      ];
    }),
  );
  return waits
    .filter(({ role }) => role !== 'migration' && role !== 'command')
    .map((wait) => attributed(wait, chains, causes))
    .filter((wait) => wait !== undefined);
}

/** Who waits for whom at one poll. */
class Chain {
  readonly #waiting: readonly WaitRecord[];
  /** Backends of the command steps that were running then. */
  readonly #foreign: readonly ReadonlySet<number>[];
  readonly #prepared: PreparedHolds;
  #links: ReadonlyMap<number, Link> | undefined;

  constructor(
    waiting: readonly WaitRecord[],
    foreign: readonly ReadonlySet<number>[],
    prepared: PreparedHolds,
  ) {
    this.#waiting = waiting;
    this.#foreign = foreign;
    this.#prepared = prepared;
  }

  /** The nearest wait for the migration at the end of the chain that begins with `pid`; undefined = none. */
  behind(pid: number): Link | undefined {
    if (this.#isForeign(pid)) return undefined; // it is the migration itself
    this.#links ??= this.#linksToMigration();
    return this.#links.get(pid);
  }

  /** From the migration backwards, each session once: a queue has more ways through it than can be walked. */
  #linksToMigration(): Map<number, Link> {
    const links = new Map<number, Link>();
    const waitersOf = new Map<number, number[]>();
    for (const { pid, blockedBy, relation, locktype } of this.#waiting) {
      const blocker = blockedBy.find((one) => this.#isMigration(one.pid, one.role));
      if (blocker) links.set(pid, { pid: this.#prepared.ownerOf(blocker.pid), relation, locktype });
      for (const one of blockedBy) {
        const waiters = waitersOf.get(one.pid);
        if (waiters === undefined) waitersOf.set(one.pid, [pid]);
        else waiters.push(pid);
      }
    }
    // A Map hands out what is put in while it is walked.
    for (const [pid, link] of links) {
      for (const waiter of waitersOf.get(pid) ?? []) if (!links.has(waiter)) links.set(waiter, link);
    }
    return links;
  }

  #isMigration(pid: number, role: SessionRole): boolean {
    return role === 'migration' || role === 'command' || this.#isForeign(pid) || this.#prepared.isOfPlan(pid);
  }

  #isForeign(pid: number): boolean {
    return this.#foreign.some((pids) => pids.has(pid));
  }
}

/** The migration's backend and the relation that the last one of the chain wants from it. */
interface Link {
  readonly pid: number;
  readonly relation: string | null;
  readonly locktype: string;
}

/** The disturbance that explains a wait best. */
interface Cause {
  readonly cause: number;
  readonly relation: string | null;
  readonly locktype: string;
  readonly score: number;
}

function attributed(
  wait: WaitSpan,
  chains: ReadonlyMap<number, Chain>,
  causes: readonly Disturbance[],
): AttributedWait | undefined {
  let best: Cause | undefined;
  const polls: number[] = [];
  const judged = new Set<string>();
  for (const { tMs } of wait.seen) {
    const link = chains.get(tMs)?.behind(wait.pid);
    if (link === undefined) continue;
    polls.push(tMs);
    const name = `${link.pid} ${link.relation ?? ''}`;
    if (judged.has(name)) continue; // most looks see what the one before saw
    judged.add(name);
    causes.forEach((cause, index) => {
      const score = fit(cause, wait, link);
      if (score > (best?.score ?? 0))
        best = { cause: index, relation: wait.relation ?? link.relation, locktype: link.locktype, score };
    });
  }
  if (wait.seen.length === 0) best = unseenCause(wait, causes);
  if (best === undefined) return undefined;
  const cause = causes[best.cause];
  const fromMs = Math.max(wait.fromMs, cause?.fromMs ?? wait.fromMs);
  const toMs = Math.max(fromMs, endOf(wait, cause?.toMs ?? wait.toMs));
  return {
    ...{ pid: wait.pid, role: wait.role, cause: best.cause, relation: best.relation, polls, fromMs, toMs },
    locktype: best.locktype,
    isExact: isExact(wait),
  };
}

/** Whoever holds or wants its relation at that time: no poll saw whom it waited for. */
function unseenCause(wait: WaitSpan, causes: readonly Disturbance[]): Cause | undefined {
  // Sessions of the app wait for each other's rows and tuples all the time: without a poll nobody is to blame.
  if (wait.locktype !== 'relation') return undefined;
  let best: Cause | undefined;
  causes.forEach((cause, index) => {
    if (cause.rank < 2 || cause.statement === null) return;
    const { relation, locktype } = wait;
    const link = { pid: cause.statement.record.pid, relation, locktype };
    const score = concerns(cause.statement, link) ? fit(cause, wait, link) : 0;
    if (score > (best?.score ?? 0)) best = { cause: index, relation, locktype, score };
  });
  return best;
}

/** Whether the statement is the one of its transaction that took, or wants, what somebody waits for. */
function concerns(
  { record, spans, waits }: StatementTry,
  { relation, locktype }: Omit<Link, 'pid'>,
): boolean {
  switch (locktype) {
    case 'advisory':
      return /advisory/i.test(record.sql);
    case 'transactionid':
    case 'tuple':
      return spans.some(({ mode }) => mode === 'RowExclusiveLock' || mode === 'RowShareLock');
    default:
      return (
        spans.some((span) => span.relation === relation) ||
        waits.some(({ wait }) => wait.relation === relation)
      );
  }
}

/** The release ended the wait when it fell between the last poll that saw the wait and the next. */
function endOf(wait: WaitSpan, releasedMs: number): number {
  return releasedMs >= wait.lastSeenMs && releasedMs <= wait.goneMs ? releasedMs : wait.toMs;
}

/** How well a disturbance explains a wait: it must be of that backend; holding that relation counts most. */
function fit(cause: Disturbance, wait: WaitSpan, link: Link): number {
  const { statement } = cause;
  if (statement !== null && statement.record.pid !== link.pid) return 0;
  const shared = overlapMs(wait, cause);
  if (shared <= 0) return 0;
  const isAboutIt = statement !== null && concerns(statement, link);
  return shared * (isAboutIt ? 100 : 1) * (1 + cause.rank);
}
