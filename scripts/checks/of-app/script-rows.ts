import type { RowCountChange } from '../../artifacts/records/of-plan/dependency-records.ts';
import { plural } from '../../shared/text/format.ts';
import { StatementTree } from '../../pg/sql/statement-tree.ts';
import { placeOf, ranBy } from '../analysis/commands/sent-statements.ts';
import type { StepAnalysis } from '../analysis/analyse.ts';
import { NOTHING, type Check, type CheckFinding } from '../check.ts';
import { listed, stepTitle } from '../wording.ts';

/** In a longer step the traffic itself may have taken the rows. */
const LONGEST_SURE_STEP_MS = 10_000;

export const scriptRows: Check = {
  id: 'scriptRows',
  title: 'Every script found its rows behind each step as before it',
  failureTitle: 'A script finds other rows from a step on',
  needs: ['steps'],
  unit: 'scripts',
  limit: 0,
  budget: null,
  run(analysis) {
    const records = (analysis.evidence.schema ?? []).filter((record) => record.type === 'row-counts');
    if (records.length === 0)
      return { ...NOTHING, title: 'How many rows scripts find was not compared', isNotJudged: true };
    const findings = records.flatMap(({ step: name, changes }) => {
      const step = analysis.steps.find(({ run }) => run.planned.name === name);
      const live = analysis.live.find(({ after }) => after === name)?.live ?? [];
      if (step === undefined || isMeant(step)) return [];
      const own = changes.filter(({ version }) => live.includes(version));
      return own.map((change) => finding(change, step));
    });
    return { measured: findings.length, findings };
  },
};

/** The author has said that rows go. */
function isMeant({ run: { planned } }: StepAnalysis): boolean {
  return planned.pointOfNoReturn || (planned.losesRows ?? []).length > 0;
}

function finding(change: RowCountChange, step: StepAnalysis): CheckFinding {
  const { version, script, what, before, after } = change;
  const { run } = step;
  const secured = what === 'none' ? rowSecurityOf(step) : undefined;
  const draws = change.hasParameters ? `with ${plural(before.length, 'set')} of values` : 'each time';
  const found = {
    none: `finds no row any more, where it found ${rangeOf(before)}`,
    more: `finds ${rangeOf(after)}, where it found ${rangeOf(before)}`,
    unwritten: `writes no row any more, where it wrote ${rangeOf(before)}`,
  }[what];
  const message = `${stepTitle(run)}: statement ${change.statement} of ${script} of ${version} ${found} right before the step (tried ${draws}, and the same ones behind it). Its requests end well all the same.`;
  return {
    status: isSure(change, step) ? 'fail' : 'warn',
    step: run.planned.name,
    statement: secured?.statement ?? onlyStatement(step),
    measured: 1,
    message,
    ...adviceOf(change, secured),
    hurt: { failed: 0, delayed: 0, ms: 0 },
  };
}

/** Rows that are gone for each of several values, within a moment. */
function isSure({ what, hasParameters }: RowCountChange, { run: { window } }: StepAnalysis): boolean {
  const lastedMs = window === null ? Infinity : window.toMs - window.fromMs;
  // No other request can have taken a row that is only to be written.
  if (what === 'unwritten') return true;
  return what === 'none' && hasParameters && lastedMs <= LONGEST_SURE_STEP_MS;
}

/** `1 row`, `1 to 4 rows` */
function rangeOf(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? plural(most, 'row') : `${least} to ${plural(most, 'row')}`;
}

function onlyStatement({ run }: StepAnalysis): number | null {
  const done = run.statements.filter(({ error }) => error === null);
  return done.length === 1 ? (done[0]?.index ?? null) : null;
}

interface RowSecurity {
  readonly statement: number | null;
  readonly tables: readonly string[];
}

const SECURING = new Set(['AT_EnableRowSecurity', 'AT_ForceRowSecurity']);

/** Tables whose row security the step switched on. */
function rowSecurityOf({ run }: StepAnalysis): RowSecurity | undefined {
  const found = ranBy(run).flatMap((record) => {
    const { sql, error } = record;
    const node = error === null ? StatementTree.parse(sql)?.node : undefined;
    if (node === undefined || !('AlterTableStmt' in node)) return [];
    const secures = (node.AlterTableStmt.cmds ?? []).some(
      (command) => 'AlterTableCmd' in command && SECURING.has(command.AlterTableCmd.subtype ?? ''),
    );
    return secures ? [{ index: placeOf(record), table: node.AlterTableStmt.relation?.relname ?? '' }] : [];
  });
  const [first] = found;
  const tables = [...new Set(found.map(({ table }) => table))];
  return first && { statement: first.index, tables };
}

function adviceOf({ what }: RowCountChange, secured: RowSecurity | undefined): Pick<CheckFinding, 'advice'> {
  if (secured !== undefined)
    return {
      advice: `Row security without a policy that fits hides every row of ${listed(secured.tables)}, and FORCE hides them from their owner too. Create the policies for the app's roles first (or in the same transaction), and see that each session sets what they compare.`,
    };
  return { advice: ADVICE[what] };
}

const ADVICE: Readonly<Record<RowCountChange['what'], string>> = {
  none: 'See what its conditions meet now: rows that were moved, values that were renamed, a view or a policy that shows less. Where the step means it, move it behind the deploy that stops asking for them, or say losesRows.',
  unwritten:
    'Something swallows its rows without an error: a rule DO INSTEAD, or a BEFORE trigger that returns NULL. Let it raise an error, or move it behind the deploy that stops writing.',
  more: 'See what its joins and views meet now: rows that are there twice, a view or a parent table that shows more. A unique index or a condition that tells old from new keeps them apart.',
};
