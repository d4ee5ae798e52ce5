import type { Analysis, StepAnalysis } from '../analysis/analyse.ts';
import { blocksTraffic, modeName } from '../../pg/lock-modes.ts';
import type { LockSpan } from '../analysis/waits/outside-locks.ts';
import type { VictimCount } from '../analysis/traffic/victim-count.ts';
import type { StatementAnalysis } from '../analysis/statements.ts';
import { quotedSql } from '../analysis/commands/sent-statements.ts';
import { stoppingStatement } from '../analysis/commands/stopping.ts';
import type { StatementTry } from '../analysis/waits/windows.ts';
import { shortRelation } from '../wording.ts';
import { isAppOff } from '../analysis/traffic/live-versions.ts';

/** What a statement, or a step without statements, did by its locks. */
export interface Stop {
  readonly step: StepAnalysis;
  readonly statement: StatementAnalysis | null;
  /** Of a command: the statement of it that stopped others longest; null where none was seen to. */
  readonly sent: StatementTry | null;
  /** The longest hold in a mode that stops reads or writes. */
  readonly blockingHoldMs: number;
  /** Its longest wait in the queue in such a mode. */
  readonly blockingWaitMs: number;
  /** The app's longest wait behind it. */
  readonly longestAppWaitMs: number;
  readonly victims: Pick<VictimCount, 'delayed' | 'failed' | 'failedAfter'>;
  /** `customers` or `customers and orders`; `the database` where no relation can be named. */
  readonly where: string;
  /** `ACCESS EXCLUSIVE`; empty where no lock was seen. */
  readonly mode: string;
}

const known = new WeakMap<Analysis, readonly Stop[]>();

/** Everything in the plan that can stop others, in order of the plan: not what runs while the app is off. */
export function stops(analysis: Analysis): readonly Stop[] {
  const all = known.get(analysis) ?? stopsOf(analysis);
  known.set(analysis, all);
  return all;
}

function stopsOf(analysis: Analysis): Stop[] {
  const tables = new Set(analysis.evidence.snapshot?.tables.map(({ name }) => shortRelation(name)));
  return analysis.steps.flatMap((step) => {
    if (step.run.window === null || isAppOff(step, analysis)) return [];
    if (step.statements.length === 0) return [ofStep(step, tables)];
    return step.statements.map((statement) => ofStatement(step, statement, tables));
  });
}

function ofStatement(step: StepAnalysis, statement: StatementAnalysis, tables: ReadonlySet<string>): Stop {
  const spans = statement.tries.flatMap((one) => one.spans);
  const wanted = statement.tries.flatMap((one) => one.waits.map(({ wait }) => wait.relation ?? ''));
  const blocked = statement.blocked.relations.map((relation) => statement.held.wholeOf(relation) ?? relation);
  const mode = statement.strongest?.mode ?? statement.tries[0]?.waits[0]?.wait.mode ?? '';
  return {
    step,
    statement,
    sent: null,
    blockingHoldMs: statement.blockingHoldMs,
    blockingWaitMs: statement.blockingWaitMs,
    longestAppWaitMs: statement.blocked.longestMs,
    victims: statement.victims,
    where: placeOf([blocked, ...kindsOf(statement.blocked), [...strongestOf(spans), ...wanted]], tables),
    mode: modeName(mode),
  };
}

function ofStep(step: StepAnalysis, tables: ReadonlySet<string>): Stop {
  const blocking = step.outsideLocks.filter(({ mode }) => blocksTraffic(mode));
  return {
    step,
    statement: null,
    sent: stoppingStatement(step.sent) ?? null,
    blockingHoldMs: Math.max(0, ...blocking.map(({ fromMs, toMs }) => toMs - fromMs)),
    blockingWaitMs: step.outside?.blockingWaitMs ?? 0,
    longestAppWaitMs: step.blocked.longestMs,
    victims: step.victims,
    where: placeOf([step.blocked.relations, ...kindsOf(step.blocked), strongestOf(blocking)], tables),
    mode: modeName(blocking.toSorted((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs))[0]?.mode ?? ''),
  };
}

/** ` by "alter table orders alter id type bigint"` of a command, whose statements have no place; else empty. */
export function bySent({ sent }: Stop): string {
  return sent === null ? '' : ` by ${quotedSql(sent.record.sql)}`;
}

/** Relations locked in the strongest modes; a partition by what it is a part of. */
function strongestOf(spans: readonly LockSpan[]): string[] {
  const blocking = spans.filter(({ mode }) => blocksTraffic(mode));
  return (blocking.length > 0 ? blocking : spans).map(({ relation, partitionOf }) => partitionOf ?? relation);
}

/** Locks that are on no relation, by what those wanted who waited for them. */
const KINDS: Readonly<Record<string, string>> = {
  advisory: 'those who wanted an advisory lock',
  transactionid: 'those who wanted rows that it had changed',
  virtualxid: 'those who waited for its transaction to end',
  object: 'those who wanted an object of the database',
  tuple: 'those who wanted rows that somebody else waited for as well',
  extend: 'those who wanted to make the file of a relation longer',
  userlock: 'those who wanted an advisory lock',
};

/** Where nobody waited for a relation: nothing of a relation stood still then. */
function kindsOf({ locktypes }: StatementAnalysis['blocked']): string[][] {
  const [first] = locktypes;
  return first === undefined ? [] : [[KINDS[first] ?? `those who wanted a lock of the kind ${first}`]];
}

/** What the app waited for, else what was locked; tables rather than their indexes. */
function placeOf(places: readonly (readonly string[])[], tables: ReadonlySet<string>): string {
  for (const relations of places) {
    const names = [...new Set(relations.map(shortRelation))].filter((name) => name !== '');
    const known = names.filter((name) => tables.has(name));
    const [first, second, ...rest] = known.length > 0 ? known : names;
    if (first === undefined) continue;
    if (second === undefined) return first;
    return rest.length === 0 ? `${first} and ${second}` : `${first} and ${rest.length + 1} more relations`;
  }
  return 'the database';
}
