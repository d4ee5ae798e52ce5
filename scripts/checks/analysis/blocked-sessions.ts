import type { SessionRole, WaitRecord } from '../../artifacts/records.ts';
import type { Disturbance } from './disturbances.ts';
import { groupBy } from './group-by.ts';
import { largest } from './largest.ts';
import { mostAtOnce, overlapMs, type Interval } from './intervals.ts';
import { isExact, type WaitSpan } from './waits.ts';
import type { StatementTry } from './windows.ts';

/** What one disturbance did to the app's sessions. */
export interface BlockedSessions {
  /** Sum over the sessions of the time that they waited behind it. */
  readonly sessionSeconds: number;
  /** Most sessions that waited behind it at once. */
  readonly peak: number;
  readonly longestMs: number;
  /** Relations that they waited for, the most wanted first. */
  readonly relations: readonly string[];
  /** All who waited behind it, also those who are not the app: the longest first. */
  readonly waiters: readonly Waiter[];
}

/** Sessions of one role that waited behind a disturbance. */
export interface Waiter {
  readonly role: SessionRole;
  /** Most of them at once. */
  readonly sessions: number;
  readonly sessionSeconds: number;
  readonly longestMs: number;
}

export const NONE_BLOCKED: BlockedSessions = {
  ...{ sessionSeconds: 0, peak: 0, longestMs: 0, relations: [], waiters: [] },
};

/** A wait of anybody else that leads to the migration, directly or through others that wait. */
interface OtherWait extends Interval {
  readonly role: SessionRole;
  readonly cause: number;
  readonly relation: string | null;
  readonly polls: readonly number[];
  readonly isExact: boolean;
}

/** Backends of a step that run under another name than `migration`: the programs of a command step. */
export type PidsOfStep = (stepName: string) => ReadonlySet<number>;

/** By index of the disturbance; those that blocked nobody are left out. */
export function blockedSessions(
  waits: readonly WaitSpan[],
  causes: readonly Disturbance[],
  commandPids: PidsOfStep,
): Map<number, BlockedSessions> {
  const polls = groupBy(
    waits.flatMap(({ seen }) => seen),
    ({ tMs }) => tMs,
  );
  const chains = new Map([...polls].map(([tMs, records]) => [tMs, new Chain(records)]));
  const others = waits
    .filter(({ role }) => role !== 'migration' && role !== 'command')
    .map((wait) => attributed(wait, chains, causes, commandPids))
    .filter((wait) => wait !== undefined);
  return new Map([...groupBy(others, ({ cause }) => cause)].map(([cause, group]) => [cause, summed(group)]));
}

/** Who waits for whom at one poll. */
class Chain {
  readonly #waiting: ReadonlyMap<number, WaitRecord>;

  constructor(records: readonly WaitRecord[]) {
    this.#waiting = new Map(records.map((record) => [record.pid, record]));
  }

  /** The waits at whose end `isMigration` stands, followed from `pid` on through all that wait; undefined = none. */
  behind(pid: number, isMigration: (pid: number, role: SessionRole) => boolean): Link | undefined {
    const seen = new Set<number>([pid]);
    const queue = [pid];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const record = this.#waiting.get(next);
      for (const blocker of record?.blockedBy ?? []) {
        if (isMigration(blocker.pid, blocker.role))
          return { pid: blocker.pid, relation: record?.relation ?? null };
        if (!seen.has(blocker.pid)) {
          seen.add(blocker.pid);
          queue.push(blocker.pid);
        }
      }
    }
    return undefined;
  }
}

/** The migration's backend and the relation that the last one of the chain wants from it. */
interface Link {
  readonly pid: number;
  readonly relation: string | null;
}

/** The disturbance that explains a wait best. */
interface Cause {
  readonly cause: number;
  readonly relation: string | null;
  readonly score: number;
}

function attributed(
  wait: WaitSpan,
  chains: ReadonlyMap<number, Chain>,
  causes: readonly Disturbance[],
  commandPids: PidsOfStep,
): OtherWait | undefined {
  let best: Cause | undefined;
  const polls: number[] = [];
  for (const { tMs } of wait.seen) {
    const link = linkAt(tMs, wait.pid, chains, causes, commandPids);
    if (link === undefined) continue;
    polls.push(tMs);
    causes.forEach((cause, index) => {
      const score = fit(cause, wait, link);
      if (score > (best?.score ?? 0))
        best = { cause: index, relation: wait.relation ?? link.relation, score };
    });
  }
  if (wait.seen.length === 0) best = unseenCause(wait, causes);
  if (best === undefined) return undefined;
  const cause = causes[best.cause];
  const fromMs = Math.max(wait.fromMs, cause?.fromMs ?? wait.fromMs);
  const toMs = Math.max(fromMs, endOf(wait, cause?.toMs ?? wait.toMs));
  return {
    ...{ role: wait.role, cause: best.cause, relation: best.relation, polls, fromMs, toMs },
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
    const link = { pid: cause.statement.record.pid, relation: wait.relation };
    const score = concerns(cause.statement, wait.relation) ? fit(cause, wait, link) : 0;
    if (score > (best?.score ?? 0)) best = { cause: index, relation: wait.relation, score };
  });
  return best;
}

function concerns({ spans, waits }: StatementTry, relation: string | null): boolean {
  return (
    spans.some((span) => span.relation === relation) || waits.some(({ wait }) => wait.relation === relation)
  );
}

/** The release ended the wait when it fell between the last poll that saw the wait and the next. */
function endOf(wait: WaitSpan, releasedMs: number): number {
  return releasedMs >= wait.lastSeenMs && releasedMs <= wait.goneMs ? releasedMs : wait.toMs;
}

function linkAt(
  tMs: number,
  pid: number,
  chains: ReadonlyMap<number, Chain>,
  causes: readonly Disturbance[],
  commandPids: PidsOfStep,
): Link | undefined {
  const steps = causes
    .filter(({ fromMs, toMs }) => fromMs <= tMs && toMs >= tMs)
    .map(({ step }) => step.planned);
  const foreign = steps.filter(({ kind }) => kind === 'command').map(({ name }) => commandPids(name));
  if (foreign.some((pids) => pids.has(pid))) return undefined; // it is the migration itself
  return chains
    .get(tMs)
    ?.behind(
      pid,
      (blocker, role) =>
        role === 'migration' || role === 'command' || foreign.some((pids) => pids.has(blocker)),
    );
}

/** How well a disturbance explains a wait: it must be of that backend; holding that relation counts most. */
function fit(cause: Disturbance, wait: WaitSpan, link: Link): number {
  const { statement } = cause;
  if (statement !== null && statement.record.pid !== link.pid) return 0;
  const shared = overlapMs(wait, cause);
  if (shared <= 0) return 0;
  const isAboutIt = statement !== null && concerns(statement, link.relation);
  return shared * (isAboutIt ? 100 : 1) * (1 + cause.rank);
}

function summed(all: readonly OtherWait[]): BlockedSessions {
  const waits = all.filter(({ role }) => role === 'app');
  const { sessions: peak, sessionSeconds, longestMs } = waiterOf('app', waits);
  const wanted = groupBy(
    waits.flatMap(({ relation }) => (relation === null ? [] : [relation])),
    (relation) => relation,
  );
  return {
    ...{ sessionSeconds, peak, longestMs },
    relations: [...wanted].sort((a, b) => b[1].length - a[1].length).map(([relation]) => relation),
    waiters: [...groupBy(all, ({ role }) => role)]
      .map(([role, own]) => waiterOf(role, own))
      .sort((a, b) => b.sessionSeconds - a.sessionSeconds),
  };
}

function waiterOf(role: SessionRole, waits: readonly OtherWait[]): Waiter {
  const lengths = waits.map(({ fromMs, toMs }) => toMs - fromMs);
  const atPoll = groupBy(
    waits.flatMap(({ polls }) => polls),
    (tMs) => tMs,
  );
  return {
    role,
    sessions: Math.max(
      largest([...atPoll.values()].map((sessions) => sessions.length)),
      mostAtOnce(waits.filter((wait) => wait.isExact)),
    ),
    sessionSeconds: lengths.reduce((sum, ms) => sum + ms, 0) / 1000,
    longestMs: largest(lengths),
  };
}
