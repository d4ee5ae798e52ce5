import type { StatementRecord } from '../../artifacts/records/records.ts';
import type { LostRows, LostRowsRecord } from '../../artifacts/records/of-plan/schema-records.ts';
import { formatCount, plural } from '../../shared/text/format.ts';
import { StatementTree } from '../../pg/sql/statement-tree.ts';
import { walk } from '../../pg/sql/walk.ts';
import type { Analysis, StepAnalysis } from '../analysis/analyse.ts';
import { NOTHING, type Check, type CheckFinding } from '../check.ts';
import { isNamed } from '../named-table.ts';
import { mentions } from '../mentions.ts';
import { placeOf, ranBy, statementName } from '../analysis/commands/sent-statements.ts';
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
}

/** Those that had rows and that the author did not say would lose them. */
function lossesOf({ step: name, tables }: LostRowsRecord, { steps, evidence }: Analysis): Loss[] {
  const step = steps.find(({ run }) => run.planned.name === name);
  if (step === undefined || step.run.planned.pointOfNoReturn) return [];
  const meant = step.run.planned.losesRows ?? [];
  const stock = new Map(evidence.snapshot?.tables.map((table) => [table.name, table.rows]));
  return tables.flatMap((lost) => {
    const wholes = [lost.table, ...(lost.partOf ?? []), lost.outOf ?? ''];
    const before = (stock.get(lost.table) ?? Math.round(lost.estimatedRows)) + changeThatCounts(lost);
    const rows = lost.deletedRows ?? (IN_PART.has(lost.how) ? before - (lost.rowsLeft ?? 0) : before);
    if (rows <= 0 || meant.some((table) => wholes.some((name) => isNamed(table, name)))) return [];
    return isTold(lost, before, step) ? [{ lost, before, rows, step }] : [];
  });
}

/** A loss of all is told by the snapshot's figure; one of a part needs what the app has written since. */
function changeThatCounts({ how, changedRows = 0 }: LostRows): number {
  return IN_PART.has(how) ? changedRows : 0;
}

/** What a DELETE says of itself is told with its statement; beyond half of a table it is told again. */
function isTold(lost: LostRows, before: number, { run }: StepAnalysis): boolean {
  const { deletedRows, changedRows = 0 } = lost;
  if (deletedRows === undefined) return true;
  // No more than the plan or the app has written since the start.
  if (deletedRows <= changedRows) return false;
  if (run.planned.kind !== 'sql' && run.planned.kind !== 'command') return false;
  if (deletedRows >= before / 2) return true;
  return !run.statements.some(({ sql }) => deletesBySelf(sql) && names(sql, lost));
}

function findingsOf(losses: readonly Loss[]): CheckFinding[] {
  const parts = losses.filter(({ lost }) => lost.outOf !== undefined);
  const wholes = groupBy(parts, ({ lost, step }) => `${step.run.index} ${lost.outOf}`);
  return [
    ...losses.filter((loss) => !parts.includes(loss)).map(finding),
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
  const named = parts.map((part) => namingStatement(part.lost, step)).find((one) => one !== null);
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

function finding({ lost, before, rows, step }: Loss): CheckFinding {
  const table = shortRelation(lost.table);
  const named = namingStatement(lost, step);
  const isNamed = named !== null && losesByName(named, lost);
  const blamed = isNamed ? named : (takingStatement(lost.table, step) ?? named);
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

const LOSING = new Set(['DropStmt', 'TruncateStmt', 'DeleteStmt', 'DropOwnedStmt', 'DoStmt', 'CallStmt']);

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
function namingStatement(lost: LostRows, { run }: StepAnalysis): StatementRecord | null {
  const naming = ranBy(run).filter(({ error, sql }) => error === null && names(sql, lost));
  return naming.find((statement) => losesByName(statement, lost)) ?? naming[0] ?? null;
}

function losesByName({ sql }: StatementRecord, lost: LostRows): boolean {
  return isLosing(sql) && names(sql, lost);
}

/** The statement that goes on from a table that it names: by its NOTICE, else the only one that can have lost rows. */
function takingStatement(table: string, { run }: StepAnalysis): StatementRecord | null {
  const done = ranBy(run).filter(({ error }) => error === null);
  const byItself = done.filter(({ sql }) => isLosing(sql));
  const losing = byItself.length > 0 ? byItself : done.filter(({ sql }) => callsFunction(sql));
  const name = ownName(table);
  const told = losing.find(({ notices = [] }) =>
    notices.some(({ message, objects = [] }) => [message, ...objects].some((text) => text.includes(name))),
  );
  return told ?? (losing.length === 1 ? (losing[0] ?? null) : null);
}

/** Also a DELETE behind WITH, and one that a MERGE does. */
function isLosing(sql: string): boolean {
  const nodes = [...walk(StatementTree.parse(sql)?.node)];
  return nodes.some(
    ([kind, { commandType, removeType }]) =>
      (kind === 'DropStmt' ? !KEEPS_ROWS.has(String(removeType)) : LOSING.has(kind)) ||
      (kind === 'MergeWhenClause' && commandType === 'CMD_DELETE'),
  );
}

/** What has no rows, nor any table that falls with it. */
const KEEPS_ROWS = new Set(
  'FUNCTION PROCEDURE ROUTINE AGGREGATE INDEX TRIGGER POLICY RULE VIEW SEQUENCE'
    .split(' ')
    .map((kind) => `OBJECT_${kind}`),
);

/** Whatever the function does is not in the statement. */
function callsFunction(sql: string): boolean {
  return [...walk(StatementTree.parse(sql)?.node)].some(([kind]) => kind === 'FuncCall');
}

/** A DELETE or MERGE that is the statement, not one in a block of code. */
function deletesBySelf(sql: string): boolean {
  const nodes = [...walk(StatementTree.parse(sql)?.node)];
  return nodes.some(([kind]) => kind === 'DeleteStmt' || kind === 'MergeStmt');
}

function ownName(table: string): string {
  return table.slice(table.indexOf('.') + 1);
}
