import type { SessionRole, WaitRecord } from '../../../artifacts/records/records.ts';
import type { Disturbance } from '../disturbances.ts';
import { overlapMs, type Interval } from '../../../shared/intervals/intervals.ts';
import { LookStates, type LookState } from './look-states.ts';
import { OverlapIndex } from '../../../shared/intervals/overlap-index.ts';
import type { PreparedHolds } from '../prepared.ts';
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
  /** When looks saw it behind the migration. */
  readonly seen: readonly Interval[];
  readonly isExact: boolean;
}

/** Backends of a step that run under another name than `migration`: the programs of a command step. */
type PidsOfStep = (stepName: string) => ReadonlySet<number>;

/** The waits that somebody of the plan is to blame for, each with what of the plan that was. */
export function attributedWaits(
  waits: readonly WaitSpan[],
  causes: readonly Disturbance[],
  commandPids: PidsOfStep,
  prepared: PreparedHolds,
): AttributedWait[] {
  const records = waits.flatMap(({ seen }) => seen);
  const behind = linksOf(records, causes, commandPids, prepared);
  const numbered = new OverlapIndex(
    causes.map((cause, index) => ({ cause, index, fromMs: cause.fromMs, toMs: cause.toMs })),
  );
  return waits
    .filter(({ role }) => role !== 'migration' && role !== 'command')
    .map((wait) => attributed(wait, behind, numbered))
    .filter((wait) => wait !== undefined);
}

/** For how long a look after the other saw the same end of a chain. */
interface LinkedFor extends Interval {
  readonly link: Link;
}

/** The end of each record's chain, where that is the migration, and when. */
function linksOf(
  records: readonly WaitRecord[],
  causes: readonly Disturbance[],
  commandPids: PidsOfStep,
  prepared: PreparedHolds,
): ReadonlyMap<WaitRecord, LinkedFor[]> {
  const commands = causes
    .filter(({ step }) => step.planned.kind === 'command')
    .map(({ fromMs, toMs, step }) => ({ fromMs, toMs, pids: commandPids(step.planned.name) }));
  const behind = new Map<WaitRecord, LinkedFor[]>();
  // The app's own sessions are never the plan's: most waits need no second look.
  const telling = new Set(records.filter(({ blockedBy }) => blockedBy.some(({ role }) => role !== 'app')));
  new LookStates(records).during(
    { fromMs: -Infinity, toMs: Infinity },
    (state, { fromMs, toMs }) => {
      const running = commands.filter((command) => command.fromMs <= fromMs && command.toMs >= fromMs);
      const chain = new Chain(
        state,
        running.map(({ pids }) => pids),
        prepared,
      );
      for (const [record, link] of chain.links(telling)) {
        const before = behind.get(record) ?? [];
        const last = before.at(-1);
        if (last?.toMs === fromMs && isSameLink(last.link, link))
          before[before.length - 1] = { ...last, toMs };
        else before.push({ link, fromMs, toMs });
        behind.set(record, before);
      }
    },
    commands.flatMap(({ fromMs, toMs }) => [fromMs, toMs]),
  );
  return behind;
}

function isSameLink(a: Link, b: Link): boolean {
  return a.pid === b.pid && a.relation === b.relation && a.locktype === b.locktype;
}

/** Who waits for whom while nothing of it changes. */
class Chain {
  readonly #waiting: LookState;
  /** Backends of the command steps that were running then. */
  readonly #foreign: readonly ReadonlySet<number>[];
  readonly #prepared: PreparedHolds;

  constructor(waiting: LookState, foreign: readonly ReadonlySet<number>[], prepared: PreparedHolds) {
    this.#waiting = waiting;
    this.#foreign = foreign;
    this.#prepared = prepared;
  }

  /**
   * The nearest wait for the migration at the end of each one's chain; those without one, and the migration itself, are left out.
   * @param telling those that may wait for the migration themselves
   */
  links(telling: ReadonlySet<WaitRecord>): [WaitRecord, Link][] {
    return [...this.#linksToMigration(telling)].flatMap(([pid, link]): [WaitRecord, Link][] => {
      const record = this.#waiting.get(pid);
      return record === undefined || this.#isForeign(pid) ? [] : [[record, link]];
    });
  }

  /** From the migration backwards, each session once: a queue has more ways through it than can be walked. */
  #linksToMigration(telling: ReadonlySet<WaitRecord>): Map<number, Link> {
    const links = new Map<number, Link>();
    for (const record of this.#waiting.values()) {
      if (!telling.has(record)) continue;
      const { pid, blockedBy, relation, locktype } = record;
      const blocker = blockedBy.find((one) => this.#isMigration(one.pid, one.role));
      if (blocker) links.set(pid, { pid: this.#prepared.ownerOf(blocker.pid), relation, locktype });
    }
    if (links.size === 0) return links;
    const waitersOf = this.#waitersOf();
    // A Map hands out what is put in while it is walked.
    for (const [pid, link] of links) {
      for (const waiter of waitersOf.get(pid) ?? []) if (!links.has(waiter)) links.set(waiter, link);
    }
    return links;
  }

  /** Whom `after` stands for lead to the same end as `after` itself. */
  #waitersOf(): Map<number, number[]> {
    const waitersOf = new Map<number, number[]>();
    for (const { pid, blockedBy, after } of this.#waiting.values()) {
      for (const one of [
        ...blockedBy.map((blocker) => blocker.pid),
        ...(after === undefined ? [] : [after]),
      ]) {
        const waiters = waitersOf.get(one);
        if (waiters === undefined) waitersOf.set(one, [pid]);
        else waiters.push(pid);
      }
    }
    return waitersOf;
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

interface Numbered extends Interval {
  readonly cause: Disturbance;
  readonly index: number;
}

function attributed(
  wait: WaitSpan,
  behind: ReadonlyMap<WaitRecord, readonly LinkedFor[]>,
  numbered: OverlapIndex<Numbered>,
): AttributedWait | undefined {
  const causes = numbered.touching(wait).sort((a, b) => a.index - b.index);
  let best: Cause | undefined;
  const seen: Interval[] = [];
  const judged = new Set<string>();
  for (const { link, fromMs: sinceMs, toMs: untilMs } of wait.seen.flatMap((one) => behind.get(one) ?? [])) {
    seen.push({ fromMs: sinceMs, toMs: untilMs });
    const name = `${link.pid} ${link.relation ?? ''}`;
    if (judged.has(name)) continue; // most states are as the one before in this
    judged.add(name);
    for (const { cause, index } of causes) {
      const score = fit(cause, wait, link);
      if (score > (best?.score ?? 0))
        best = { cause: index, relation: wait.relation ?? link.relation, locktype: link.locktype, score };
    }
  }
  if (wait.seen.length === 0) best = unseenCause(wait, causes);
  if (best === undefined) return undefined;
  const { cause: index } = best;
  const cause = causes.find((one) => one.index === index)?.cause;
  const fromMs = Math.max(wait.fromMs, cause?.fromMs ?? wait.fromMs);
  const toMs = Math.max(fromMs, endOf(wait, cause?.toMs ?? wait.toMs));
  return {
    pid: wait.pid,
    role: wait.role,
    cause: best.cause,
    relation: best.relation,
    seen,
    fromMs,
    toMs,
    locktype: best.locktype,
    isExact: isExact(wait),
  };
}

/** Whoever holds or wants its relation at that time: no poll saw whom it waited for. */
function unseenCause(wait: WaitSpan, causes: readonly Numbered[]): Cause | undefined {
  // Sessions of the app wait for each other's rows and tuples all the time: without a poll nobody is to blame.
  if (wait.locktype !== 'relation') return undefined;
  let best: Cause | undefined;
  for (const { cause, index } of causes) {
    if (cause.rank < 2 || cause.statement === null) continue;
    const { relation, locktype } = wait;
    const link = { pid: cause.statement.record.pid, relation, locktype };
    const score = concerns(cause.statement, link) ? fit(cause, wait, link) : 0;
    if (score > (best?.score ?? 0)) best = { cause: index, relation, locktype, score };
  }
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
