import type { StatementRecord } from '../../artifacts/records/records.ts';
import type { LostRows, LostRowsRecord } from '../../artifacts/records/of-plan/schema-records.ts';
import { formatCount, plural } from '../../shared/text/format.ts';
import type { Analysis, StepAnalysis } from '../analysis/analyse.ts';
import { NOTHING, type Check, type CheckFinding } from '../check.ts';
import { isNamed } from '../named-table.ts';
import { mentions } from '../mentions.ts';
import { deletesBySelf, isLosing, StepTexts } from './step-texts.ts';
import { placeOf, statementName } from '../analysis/commands/sent-statements.ts';
import { groupBy } from '../../shared/group-by.ts';
import { listed, shortRelation, stepTitle } from '../wording.ts';

export const rowsLost: Check = {
  id: 'rowsLost',
  title: 'No table that was there before lost its rows unsaid',
  failureTitle: 'A table that was there before lost its rows',
  warnTitle: 'A table that was there before lost most of its rows',
  needs: [],
  unit: 'rows',
  limit: 0,
  budget: null,
  run(analysis) {
    const { schema } = analysis.evidence;
    if (schema === undefined)
      return { ...NOTHING, title: 'Whether tables lost their rows was not recorded', isNotJudged: true };
    const lost = schema
      .filter((record) => record.type === 'lost-rows')
      .flatMap((record) => lossesOf(record, analysis));
    return { measured: lost.reduce((sum, { rows }) => sum + rows, 0), findings: findingsOf(lost) };
  },
};

interface Loss {
  readonly lost: LostRows;
  /** Rows that were there when the step began. */
  readonly before: number;
  /** Rows that are gone, as far as is known. */
  readonly rows: number;
  readonly step: StepAnalysis;
  /** Statements of the step that name the table, or one that it was a part of. */
  readonly naming: readonly StatementRecord[];
  readonly texts: StepTexts;
}

/** Those that had rows and that the author did not say would lose them. */
function lossesOf({ step: name, tables }: LostRowsRecord, { steps, evidence }: Analysis): Loss[] {
  const step = steps.find(({ run }) => run.planned.name === name);
  if (step === undefined || step.run.planned.pointOfNoReturn) return [];
  const texts = new StepTexts(step.run);
  const meant = step.run.planned.losesRows ?? [];
  const stock = new Map(evidence.snapshot?.tables.map((table) => [table.name, table.rows]));
  return tables.flatMap((lost) => {
    const wholes = [lost.table, ...(lost.partOf ?? []), lost.outOf ?? ''];
    const before = (stock.get(lost.table) ?? Math.round(lost.estimatedRows)) + changeThatCounts(lost);
    const rows = lost.deletedRows ?? (IN_PART.has(lost.how) ? before - (lost.rowsLeft ?? 0) : before);
    if (rows <= 0 || meant.some((table) => wholes.some((name) => isNamed(table, name)))) return [];
    const naming = texts.naming(lost);
    return isTold(lost, before, step, naming) ? [{ lost, before, rows, step, naming, texts }] : [];
  });
}

/** A loss of all is told by the snapshot's figure; one of a part needs what the app has written since. */
function changeThatCounts({ how, changedRows = 0 }: LostRows): number {
  return IN_PART.has(how) ? changedRows : 0;
}

/** What a DELETE says of itself is told with its statement; beyond half of a table it is told again. */
function isTold(
  lost: LostRows,
  before: number,
  { run }: StepAnalysis,
  naming: readonly StatementRecord[],
): boolean {
  const { deletedRows, changedRows = 0 } = lost;
  if (deletedRows === undefined) return true;
  // No more than the plan or the app has written since the start.
  if (deletedRows <= changedRows) return false;
  if (run.planned.kind !== 'sql' && run.planned.kind !== 'command') return false;
  if (deletedRows >= before / 2) return true;
  return !naming.some((one) => !('isSent' in one) && deletesBySelf(one.sql));
}

function findingsOf(losses: readonly Loss[]): CheckFinding[] {
  const parts = losses.filter(({ lost }) => lost.outOf !== undefined);
  const wholes = groupBy(parts, ({ lost, step }) => `${step.run.index} ${lost.outOf}`);
  return [
    ...losses.filter(({ lost }) => lost.outOf === undefined).map(finding),
    ...[...wholes.values()].flatMap(takenOut),
  ];
}

/** Parts of one table that one step took out of it. */
function takenOut(parts: readonly Loss[]): CheckFinding[] {
  const [first] = parts;
  if (first === undefined) return [];
  const { step, lost } = first;
  const whole = shortRelation(lost.outOf ?? '');
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const named = parts.map(namingStatement).find((one) => one !== null);
  const names = listed(parts.map((part) => shortRelation(part.lost.table)));
  return [
    {
      status: 'warn',
      step: step.run.planned.name,
      statement: named ? placeOf(named) : null,
      measured: rows,
      message: `${stepTitle(step.run)} took ${names} out of ${whole}: ${plural(rows, 'row')} ${rows === 1 ? 'is' : 'are'} no longer in it.`,
      advice: `If that is meant, say losesRows: [${whole}] on the step; otherwise attach in the same transaction what holds the rows.`,
    },
  ];
}

function finding(loss: Loss): CheckFinding {
  const { lost, before, rows, step, texts } = loss;
  const table = shortRelation(lost.table);
  const named = namingStatement(loss);
  const isNamed = named !== null && isLosing(named.sql);
  const blamed = isNamed ? named : (texts.taking(lost.table) ?? named);
  const said = COPIED.has(lost.how) ? '' : unsaidBy(blamed, lost, step);
  const unsaid = isNamed ? byWhich(named) : said;
  const told = { step: step.run.planned.name, statement: blamed && placeOf(blamed), measured: rows };
  const advice = `If that is meant, say losesRows: [${table}] or pointOfNoReturn: true on the step; otherwise ${COPIED.has(lost.how) ? 'copy the rows before the swap, and in its transaction those that were written meanwhile' : 'keep the rows: rename the table, or copy them first'}.`;
  if (lost.rowsLeft === null) {
    const message = `${stepTitle(step.run)} gave ${table}${unsaid} new storage, or deleted from it, and whether its ${plural(rows, 'row')} are there still could not be counted.`;
    return { status: 'inconclusive', ...told, message, advice };
  }
  const gone = `${rows === 1 ? 'is' : 'are'} ${COPIED.has(lost.how) ? 'not in it' : 'gone'}`;
  const many = lost.deletedRows !== undefined && rows < before / 2 ? 'deleted rows of' : DEEDS[lost.how];
  const message = `${stepTitle(step.run)} ${many} ${table}${unsaid}: ${lost.how.endsWith('in-part') ? 'at least ' : ''}${plural(rows, 'row')} ${gone}${leftOf(lost, before - rows)}.`;
  return { status: MAY_BE_MEANT.has(lost.how) ? 'warn' : 'fail', ...told, message, advice };
}

/** Rows are left, of it or elsewhere. */
const IN_PART: ReadonlySet<LostRows['how']> = new Set([
  ...(['copied-in-part', 'replaced', 'refilled-in-part', 'thinned-out', 'taken-out'] as const),
]);
/** By a condition, or there under another name. */
const MAY_BE_MEANT: ReadonlySet<LostRows['how']> = new Set(['thinned-out', 'replaced']);
const COPIED: ReadonlySet<LostRows['how']> = new Set(['copied-in-part', 'replaced', 'refilled-in-part']);

const DEEDS: Readonly<Record<LostRows['how'], string>> = {
  dropped: 'dropped',
  'made-anew': 'dropped and made anew',
  'copied-in-part': 'dropped and made anew',
  replaced: 'put another table under the name of',
  emptied: 'emptied',
  'refilled-in-part': 'emptied and filled again',
  'thinned-out': 'deleted most rows of',
  'taken-out': 'took out of its table',
};

/** @param left rows of before that are there still, as far as is known */
function leftOf({ how, rowsLeft, deletedRows }: LostRows, left: number): string {
  const rows = deletedRows === undefined ? rowsLeft : Math.max(0, left);
  if (rows === null || rows === 0) return '';
  const are = `${formatCount(rows)} ${rows === 1 ? 'is' : 'are'}`;
  if (COPIED.has(how)) return `, ${are}`;
  return how === 'thinned-out' ? `, ${are} left` : `, and ${are} there that came later`;
}

/** `, by "truncate orders"` of a command, whose statements have no place that a finding could point to. */
function byWhich(named: StatementRecord): string {
  return placeOf(named) === null ? `, by ${statementName(named)}` : '';
}

/** `, which statement 2 never names`; a command can have sent more than is on record */
function unsaidBy(blamed: StatementRecord | null, lost: LostRows, { run }: StepAnalysis): string {
  if (blamed === null) return run.statements.length === 0 ? '' : ', which its SQL never names';
  return names(blamed.sql, lost) ? '' : `, which ${statementName(blamed)} never names`;
}

/** By its own name, or by that of a table that it was a part of. */
function names(sql: string, { table, partOf = [] }: LostRows): boolean {
  return [table, ...partOf].some((name) => mentions(sql, name));
}

/** The statement that names the table, one that loses rows before any other; null = none does. */
function namingStatement({ naming }: Loss): StatementRecord | null {
  const done = naming.filter(({ error }) => error === null);
  return done.find(({ sql }) => isLosing(sql)) ?? done[0] ?? null;
}
