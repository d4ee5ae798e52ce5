import { modeName } from '../../pg/lock-modes.ts';
import type { Budgets } from '../../plan/model.ts';
import { formatCount, formatMs } from '../../shared/text/format.ts';
import type { Analysis, StepAnalysis } from '../analysis/analyse.ts';
import { isAppOff } from '../analysis/traffic/live-versions.ts';
import { groupBy } from '../../shared/group-by.ts';
import type { StatementAnalysis } from '../analysis/statements.ts';
import { statementName } from '../analysis/commands/sent-statements.ts';
import { largest } from '../analysis/largest.ts';
import { workMs } from '../analysis/commands/gone-through.ts';
import type { StatementTry } from '../analysis/waits/windows.ts';
import { listed, shortRelation, stepTitle } from '../wording.ts';
import { snapshotAge } from './snapshot-age.ts';
import { stoppedBy, wholeTables, type WholeTable } from './whole-tables.ts';

/** A statement that takes a smaller share of its budget is near nothing. */
const NEAR_SHARE = 0.02;
const MOST_TOLD = 5;

/** Of an sql step or of a command. */
type Ran = Pick<StatementAnalysis, 'record' | 'held' | 'tries'>;

interface Near {
  readonly step: StepAnalysis;
  readonly statement: Ran;
  readonly tables: readonly WholeTable[];
  readonly mode: string;
  readonly workMs: number;
  /** How much larger the tables of its transaction may be until the hold breaks the budget. */
  readonly times: number;
}

/** Statements that went through whole tables while they stopped the app, and kept the budget: how near they came to it. */
export function nearBudget(analysis: Analysis): string[] {
  const budget = budgetOf(analysis.evidence.run.budgets);
  if (budget === undefined) return [];
  const { snapshot } = analysis.evidence;
  const rowsOf = new Map(snapshot?.tables.map(({ name, rows }) => [name, rows]));
  const near = analysis.steps
    .filter((step) => !isAppOff(step, analysis))
    .flatMap((step) => nearOf(step, budget.ms, rowsOf))
    .sort((a, b) => a.times - b.times);
  const age = snapshotAge(analysis.evidence);
  const lines = near.slice(0, MOST_TOLD).map((one) => told(one, budget, age));
  const more = near.length - lines.length;
  return more === 0
    ? lines
    : [...lines, `${formatCount(more)} more statements went through whole tables, farther from the budget.`];
}

interface OwnBudget {
  readonly ms: number;
  readonly key: 'lockWait' | 'lockHold';
}

/** The shorter one: the app waits for as long as a lock is held. */
function budgetOf({ lockWaitMs = Infinity, lockHoldMs = Infinity }: Budgets): OwnBudget | undefined {
  const ms = Math.min(lockWaitMs, lockHoldMs);
  if (ms === Infinity) return undefined;
  return { ms, key: lockHoldMs < lockWaitMs ? 'lockHold' : 'lockWait' };
}

function nearOf(step: StepAnalysis, budgetMs: number, rowsOf: ReadonlyMap<string, number>): Near[] {
  const sent = step.sent.map((one): Ran => ({ record: one.record, held: one.held, tries: [one] }));
  const found = [...step.statements, ...sent].flatMap((statement) => {
    const mode = stoppedBy(statement);
    const last = statement.tries.at(-1);
    if (mode === undefined || last === undefined || last.record.error !== null) return [];
    const tables = wholeTables(statement, rowsOf);
    return tables.length === 0 ? [] : [{ step, statement, tables, mode, last, workMs: workMs(last) }];
  });
  const whole = groupBy([...step.tries, ...step.sent], transactionOf);
  return [...groupBy(found, ({ last }) => transactionOf(last)).entries()].flatMap(([transaction, own]) => {
    const holdMs = largest((whole.get(transaction) ?? []).map(({ blockingHoldMs }) => blockingHoldMs));
    // Statements of one text have one time.
    const texts = [...groupBy(own, ({ last }) => `${last.record.pid} ${last.record.sentMs}`).values()];
    const allMs = texts.reduce((sum, [one]) => sum + (one?.workMs ?? 0), 0);
    // What does not grow with the tables stays as it is.
    const times = (budgetMs - Math.max(0, holdMs - allMs)) / allMs;
    return texts
      .flatMap(([first, ...rest]) => (first === undefined ? [] : [together(first, rest)]))
      .filter((one) => times > 1 && one.workMs >= NEAR_SHARE * budgetMs)
      .map((one) => ({ ...one, times }));
  });
}

/** What is released together was one transaction. */
function transactionOf({ record }: StatementTry): string {
  return `${record.pid} ${record.releasedMs}`;
}

/** What one text did is told once, by its first statement that went through a table. */
function together<T extends Pick<Near, 'tables'>>(first: T, rest: readonly T[]): T {
  return rest.length === 0 ? first : { ...first, tables: [first, ...rest].flatMap(({ tables }) => tables) };
}

function told(
  { step, statement, tables, mode, workMs: ms, times }: Near,
  budget: OwnBudget,
  age: string,
): string {
  const rows = tables.reduce((sum, one) => sum + one.rows, 0);
  const perMillion = formatMs((ms / rows) * 1_000_000);
  return (
    `${stepTitle(step.run)}, ${statementName(statement.record)}, ${deedsOf(tables)} in ${formatMs(ms)} ` +
    `while ${modeName(mode)} stopped the app: ${perMillion} per million rows. ` +
    `It breaks the budget of ${formatMs(budget.ms)} for ${budget.key} at about ${formatCount(roughly(rows * times))} rows; ${age}.`
  );
}

/** `rewrote all of items (300,000 rows) and scanned all of lines (200,000 rows)` */
function deedsOf(tables: readonly WholeTable[]): string {
  const groups = [...groupBy(tables, ({ deed }) => deed)].map(([deed, own]) => {
    const names = listed(own.map(({ table }) => shortRelation(table)));
    return `${deed} all of ${names} (${formatCount(own.reduce((sum, { rows }) => sum + rows, 0))} rows)`;
  });
  return listed(groups);
}

/** Two digits: more would look as if they were known. */
function roughly(count: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1);
  return Math.floor(count / step) * step;
}
