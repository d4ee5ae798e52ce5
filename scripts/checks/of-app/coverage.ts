import { formatMs } from '../../shared/text/format.ts';
import { modeName } from '../../pg/lock-modes.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { coverage as coverageOf, lengthMs, type Uncovered } from '../analysis/standstill/uncovered.ts';
import { groupBy } from '../../shared/group-by.ts';
import { NOTHING, type Check, type CheckFinding } from '../check.ts';
import { isNamed } from '../named-table.ts';
import { scriptFor } from './coverage-script.ts';
import { budgetMs, listed, shortRelation, stepTitle } from '../wording.ts';

/** As many scripts as a reader copies. */
const MOST_SCRIPTS = 4;

export const coverage: Check = {
  id: 'coverage',
  title: 'The app asked for every table that the plan stopped for longer than a wait may take',
  failureTitle: 'A table stood still and nobody asked for it',
  needs: ['steps'],
  unit: 'ms',
  budget: 'lockWaitMs',
  run(analysis, { lockWaitMs: budget }) {
    if (budget === undefined) return NOTHING;
    const seen = coverageOf(analysis, budget);
    if (seen === undefined)
      return { ...NOTHING, title: 'Which tables the app asked for was not recorded', isNotJudged: true };
    const told = seen.uncovered.filter((one) => !isQuiet(one, analysis));
    const groups = groupBy(told, ({ step, standstill: { stopped, mode }, scripts }) =>
      JSON.stringify([step.run.index, stopped, mode, scripts]),
    );
    return {
      measured: Math.max(0, ...told.map(({ standstill }) => lengthMs(standstill))),
      findings: [...groups.values()].map((group) => finding(group, budget, analysis)),
    };
  },
};

/** By word of the author. */
export function isQuiet(
  { step, standstill }: Pick<Uncovered, 'step' | 'standstill'>,
  { evidence }: Analysis,
): boolean {
  const quiet = [...(evidence.run.quietTables ?? []), ...(step.run.planned.quietTables ?? [])];
  return quiet.some((written) => isNamed(written, standstill.table));
}

/** @param group tables that one step stopped in the same way */
function finding(group: readonly Uncovered[], budget: number, analysis: Analysis): CheckFinding {
  const longest = group.toSorted((a, b) => lengthMs(b.standstill) - lengthMs(a.standstill))[0];
  if (longest === undefined) throw new TypeError('an empty group');
  const { step, standstill, scripts } = longest;
  const tables = group.map((one) => stoppedPart(one));
  const measured = lengthMs(standstill);
  const verb = standstill.stopped === 'all' ? 'asked for' : 'wrote to';
  const they = tables.length === 1 ? 'it was' : 'they were';
  const why =
    scripts.length > 0
      ? `no request of ${listed(scripts)} for ${tables.length === 1 ? 'it' : 'them'} came in that time`
      : `no script with traffic ${standstill.stopped === 'all' ? 'uses' : 'writes to'} ${tables.length === 1 ? 'it' : 'them'}`;
  return {
    status: 'inconclusive',
    step: step.run.planned.name,
    statement: standstill.statement,
    measured,
    budget,
    message: `${stepTitle(step.run)}: nobody ${verb} ${listed(tables)} while ${they} locked in ${modeName(standstill.mode)} ${tables.length === 1 ? 'for' : 'for up to'} ${formatMs(measured)} ${budgetMs(budget)}: ${why}.`,
    ...remedy(group, longest, analysis),
    hurt: { failed: 0, delayed: 0, ms: measured },
  };
}

/** `log`, `log_rest of log` or `12 partitions of log`. */
function stoppedPart({ standstill: { table, partitions } }: Uncovered): string {
  const [first, second] = partitions;
  if (first === undefined) return shortRelation(table);
  return `${second === undefined ? shortRelation(first) : `${partitions.length} partitions`} of ${shortRelation(table)}`;
}

function remedy(
  group: readonly Uncovered[],
  { standstill, scripts }: Uncovered,
  { evidence }: Analysis,
): Pick<CheckFinding, 'advice' | 'insteadSql'> {
  const tables = group.map((one) => shortRelation(one.standstill.table));
  const truly = `quietTables: [${tables.slice(0, MOST_SCRIPTS).join(', ')}]`;
  if (scripts.length > 0) {
    return {
      advice: `Give ${listed(scripts)} more weight in the workload, so that requests fall into that time; where truly nobody uses ${tables.length === 1 ? 'it' : 'them'} then, say ${truly}.`,
    };
  }
  const told = group
    .slice(0, MOST_SCRIPTS)
    .map((one) => scriptFor(one.standstill.table, standstill.stopped, evidence.snapshot?.keys));
  return {
    advice: `Add a script of the app's to the workload that ${standstill.stopped === 'all' ? 'uses' : 'writes to'} ${tables.length === 1 ? 'it' : 'each of them'}, such as ${group.length === 1 ? 'this one' : 'these'}; where truly nobody does while the step runs, say ${truly} on the step.`,
    insteadSql: told.join('\n\n'),
  };
}
