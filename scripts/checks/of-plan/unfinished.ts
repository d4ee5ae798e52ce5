import type { Analysis, StepAnalysis } from '../analysis/analyse.ts';
import { leftOvers, type LeftOver } from '../analysis/left-overs.ts';
import { StatementTree } from '../../pg/sql/statement-tree.ts';
import { placeOf, ranBy } from '../analysis/commands/sent-statements.ts';
import { NOTHING, type Check, type CheckFinding } from '../check.ts';
import { staleIndexes } from './stale-indexes.ts';
import { remedyOf, stateOf } from './unfinished-remedy.ts';
import { stepTitle } from '../wording.ts';

const DUPLICATE = '42P07';

export const unfinished: Check = {
  id: 'unfinished',
  title: 'The plan left nothing unfinished in the schema',
  failureTitle: 'The plan left something unfinished in the schema',
  warnTitle: 'Something in the schema is unfinished',
  needs: [],
  unit: null,
  budget: null,
  run(analysis) {
    const { schema } = analysis.evidence;
    if (schema === undefined)
      return { ...NOTHING, title: 'What the plan left in the schema was not recorded', isNotJudged: true };
    const left = leftOvers(schema.filter((record) => record.type === 'unfinished')).filter(
      ({ object }) => object.kind !== 'unlogged-table' || wasThere(object, analysis),
    );
    const findings = [
      ...left.flatMap((one) =>
        one.since === undefined ? stoodBefore(one, analysis) : [ofPlan(one, analysis)],
      ),
      ...staleIndexes(analysis),
    ];
    return { measured: findings.length, findings };
  },
};

/** A table of the plan's own may be unlogged. */
function wasThere({ relation }: LeftOver['object'], { evidence: { schema = [] } }: Analysis): boolean {
  const first = schema.find((record) => record.type === 'tables');
  return first?.tables.includes(relation.replaceAll('"', '')) ?? false;
}

function ofPlan({ object, since }: LeftOver, analysis: Analysis): CheckFinding {
  const step = analysis.steps.find(({ run }) => run.planned.name === since?.step);
  const title = step === undefined ? 'The plan' : stepTitle(step.run);
  const attempt = since?.attempt ?? null;
  const how = attempt === null ? '' : ` since its try ${attempt}, which failed,`;
  const consequence = step === undefined ? '' : consequenceOf({ object, since }, step);
  return {
    status: isMeant(object) ? 'warn' : 'fail',
    step: step?.run.planned.name ?? null,
    message: `${title} left this behind${how} and nothing mended it: ${stateOf(object)}.${consequence}`,
    ...(isRefuted(object, analysis) ? ofRefuted(object) : told(object)),
  };
}

function told(object: LeftOver['object']): Pick<CheckFinding, 'advice' | 'insteadSql'> {
  return { advice: adviceOf(object), insteadSql: remedyOf(object) };
}

/** A VALIDATE of the constraint found rows that break it. */
function isRefuted({ kind, name }: LeftOver['object'], { steps }: Analysis): boolean {
  if (kind !== 'constraint') return false;
  const failed = steps.flatMap(({ run }) =>
    ranBy(run).filter(({ error }) => error?.sqlstate?.startsWith('23')),
  );
  return failed.some(({ sql }) => validated(sql).includes(unquoted(name)));
}

function ofRefuted({ relation, name }: LeftOver['object']): Pick<CheckFinding, 'advice' | 'insteadSql'> {
  return {
    advice:
      'Rows that are there break it, and every row that is written has to keep it by now. Take it away until they are mended, in a backfill, and no version writes such rows; then add it again and validate it.',
    insteadSql: `alter table ${relation} drop constraint ${name};`,
  };
}

/** A plan may say NOT VALID or DISABLE TRIGGER and leave the rest to a later release. */
function isMeant({ kind, isPart }: LeftOver['object']): boolean {
  return MAY_BE_MEANT.has(kind) || (kind === 'trigger' && !isPart);
}

const MAY_BE_MEANT = new Set<LeftOver['object']['kind']>([
  ...(['constraint', 'domain-constraint', 'unlogged-table', 'replication-slot'] as const),
]);
/** The way that a database is, where it was so before the plan. */
const MAY_STAY = new Set<LeftOver['object']['kind']>([
  ...(['constraint', 'domain-constraint', 'trigger', 'unlogged-table', 'replication-slot'] as const),
]);

function adviceOf({ kind }: LeftOver['object']): string {
  switch (kind) {
    case 'index':
      return 'Remove it before the next try, and do not rely on IF NOT EXISTS, which takes an INVALID index for the one that was asked for.';
    case 'partitioned-index':
      return 'Give each partition the index and attach it, or remove the index from the parent.';
    case 'constraint':
    case 'domain-constraint':
      return 'Validate it in a step of its own, in this plan or the next release.';
    case 'detached-partition':
      return 'Finish it before anything else is done with either table.';
    case 'trigger':
      return 'Enable it again at the end of the step that disabled it.';
    case 'prepared-transaction':
      return 'End it in the step that began it: it belongs to no session, and outlives all of them and the server itself.';
    case 'unlogged-table':
      return 'Make it LOGGED again, which rewrites it under ACCESS EXCLUSIVE: fill a new table and swap, or leave it logged. Only what can be made anew at any time may be unlogged.';
    case 'replication-slot':
      return 'Let its consumer read before traffic fills the disk, set max_slot_wal_keep_size, or drop the slot.';
  }
}

/** What the leftover of a try did to the tries after it. */
function consequenceOf({ object, since }: LeftOver, { run }: StepAnalysis): string {
  if (object.kind !== 'index' || since?.attempt == null) return '';
  const later = run.statements.filter(
    ({ attempt, sql }) => attempt > (since.attempt ?? 0) && creates(sql, object.name),
  );
  if (later.some(({ error }) => error?.sqlstate === DUPLICATE))
    return ' It stands in the way: the next try was refused because of it (42P07).';
  if (later.some(({ sql, error }) => error === null && creates(sql, object.name)?.if_not_exists === true))
    return ' The next try passed only because IF NOT EXISTS skipped over it.';
  return '';
}

/** What was unfinished before is not the plan's doing, unless a statement of it took that for what it asked for. */
function stoodBefore({ object }: LeftOver, { steps }: Analysis): CheckFinding[] {
  if (MAY_STAY.has(object.kind)) return [];
  const skipping = steps.flatMap(({ run }) =>
    ranBy(run)
      .filter(({ sql, error }) => error === null && creates(sql, object.name)?.if_not_exists === true)
      .map((statement) => ({ run, statement })),
  )[0];
  const before = `It was so before the plan.`;
  if (skipping === undefined)
    return [
      { status: 'warn', message: `Left over from earlier: ${stateOf(object)}. ${before}`, ...told(object) },
    ];
  return [
    {
      status: 'fail',
      step: skipping.run.planned.name,
      statement: placeOf(skipping.statement),
      message: `${stepTitle(skipping.run)} made no index: IF NOT EXISTS skipped over what is there, and ${stateOf(object)}. ${before}`,
      ...told(object),
    },
  ];
}

/** The CREATE INDEX of that name; the name is qualified and quoted. */
function creates(sql: string, name: string): { if_not_exists?: boolean } | undefined {
  const node = StatementTree.parse(sql)?.node;
  if (node === undefined || !('IndexStmt' in node)) return undefined;
  const own = unquoted(name.slice(name.indexOf('.') + 1));
  return node.IndexStmt.idxname === own ? node.IndexStmt : undefined;
}

/** Names of the constraints that an ALTER TABLE validates. */
function validated(sql: string): string[] {
  const node = StatementTree.parse(sql)?.node;
  if (node === undefined || !('AlterTableStmt' in node)) return [];
  return (node.AlterTableStmt.cmds ?? []).flatMap((one) =>
    'AlterTableCmd' in one && one.AlterTableCmd.subtype === 'AT_ValidateConstraint'
      ? [one.AlterTableCmd.name ?? '']
      : [],
  );
}

function unquoted(identifier: string): string {
  return identifier.startsWith('"') ? identifier.slice(1, -1).replaceAll('""', '"') : identifier;
}
