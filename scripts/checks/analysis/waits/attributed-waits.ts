import type { SessionRole, WaitRecord } from '../../../artifacts/records/records.ts';
import type { Disturbance } from '../disturbances.ts';
import { overlapMs, type Interval } from '../../../shared/intervals/intervals.ts';
import { Chains, type Link, type LinkedFor } from './chains.ts';
import { LookStates } from './look-states.ts';
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
    causes.map((cause, index) => {
      const { fromMs, toMs } = cause;
      return { cause, index, about: relationsOf(cause), fromMs, toMs };
    }),
  );
  return waits
    .filter(({ role }) => role !== 'migration' && role !== 'command')
    .map((wait) => attributed(wait, behind, numbered))
    .filter((wait) => wait !== undefined);
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
  const chains = new Chains(prepared);
  const bounds = commands.flatMap(({ fromMs, toMs }) => [fromMs, toMs]);
  for (const change of new LookStates(records).changes({ fromMs: -Infinity, toMs: Infinity }, bounds)) {
    const running = commands.filter(({ fromMs, toMs }) => fromMs <= change.fromMs && toMs >= change.fromMs);
    chains.next(
      change,
      running.map(({ pids }) => pids),
    );
  }
  return chains.ended();
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
  /** Relations that it locks or wants to: there can be thousands of them. */
  readonly about: ReadonlySet<string | null>;
}

function relationsOf({ statement }: Disturbance): ReadonlySet<string | null> {
  const { spans = [], waits = [] } = statement ?? {};
  return new Set([...spans.map(({ relation }) => relation), ...waits.map(({ wait }) => wait.relation)]);
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
    for (const numbered of causes) {
      const score = fit(numbered, wait, link);
      if (score > (best?.score ?? 0))
        best = {
          cause: numbered.index,
          relation: wait.relation ?? link.relation,
          locktype: link.locktype,
          score,
        };
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
  for (const numbered of causes) {
    const { cause, index } = numbered;
    if (cause.rank < 2 || cause.statement === null) continue;
    const { relation, locktype } = wait;
    const link = { pid: cause.statement.record.pid, relation, locktype };
    const score = concerns(cause.statement, numbered.about, link) ? fit(numbered, wait, link) : 0;
    if (score > (best?.score ?? 0)) best = { cause: index, relation, locktype, score };
  }
  return best;
}

/** Whether the statement is the one of its transaction that took, or wants, what somebody waits for. */
function concerns(
  { record, spans }: StatementTry,
  about: ReadonlySet<string | null>,
  { relation, locktype }: Omit<Link, 'pid'>,
): boolean {
  switch (locktype) {
    case 'advisory':
      return /advisory/i.test(record.sql);
    case 'transactionid':
    case 'tuple':
      return spans.some(({ mode }) => mode === 'RowExclusiveLock' || mode === 'RowShareLock');
    default:
      return about.has(relation);
  }
}

/** The release ended the wait when it fell between the last poll that saw the wait and the next. */
function endOf(wait: WaitSpan, releasedMs: number): number {
  return releasedMs >= wait.lastSeenMs && releasedMs <= wait.goneMs ? releasedMs : wait.toMs;
}

/** How well a disturbance explains a wait: it must be of that backend; holding that relation counts most. */
function fit({ cause, about }: Numbered, wait: WaitSpan, link: Link): number {
  const { statement } = cause;
  if (statement !== null && statement.record.pid !== link.pid) return 0;
  const shared = overlapMs(wait, cause);
  if (shared <= 0) return 0;
  const isAboutIt = statement !== null && concerns(statement, about, link);
  return shared * (isAboutIt ? 100 : 1) * (1 + cause.rank);
}
