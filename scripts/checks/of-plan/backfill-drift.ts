import type { DriftRecord } from '../../artifacts/records/of-plan/dependency-records.ts';
import { plural } from '../../shared/text/format.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { NOTHING, type Check, type CheckFinding } from '../check.ts';
import { listed, shortRelation, stepTitle } from '../wording.ts';

/** Where more of the table differs, the expression gives another value each time, or says nothing of rows that are done. */
const MOST_SHARE = 0.2;

export const backfillDrift: Check = {
  id: 'backfillDrift',
  title: 'Rows kept what a backfill had put there until the app that reads it came',
  failureTitle: 'Rows went stale behind a backfill',
  needs: ['steps'],
  unit: 'rows',
  limit: 0,
  budget: null,
  run(analysis) {
    const { schema = [] } = analysis.evidence;
    const looks = schema.filter((record) => record.type === 'drift').filter(isComparable);
    if (looks.length === 0)
      return { ...NOTHING, title: 'No rows of a backfill were compared before a deploy', isNotJudged: true };
    return {
      measured: looks.reduce((sum, look) => sum + staleRows(look), 0),
      findings: looks.flatMap((look) => (staleRows(look) > 0 ? [finding(look, analysis)] : [])),
    };
  },
};

function isComparable(look: DriftRecord): boolean {
  return staleRows(look) <= look.rows * MOST_SHARE;
}

function staleRows({ other, otherBefore }: DriftRecord): number {
  return Math.max(0, other - otherBefore);
}

function finding(look: DriftRecord, { steps }: Analysis): CheckFinding {
  const { step: deploy, backfill, table, columns, writers } = look;
  const title = (name: string): string => {
    const step = steps.find(({ run }) => run.planned.name === name);
    return step === undefined ? name : stepTitle(step.run);
  };
  const rows = staleRows(look);
  const names = listed(columns);
  const it = columns.length === 1 ? 'the column' : 'the columns';
  const who =
    writers.length === 0
      ? `Something that does not know ${it}`
      : `The app that does not know ${it} (${listed(writers)})`;
  return {
    status: 'fail',
    step: deploy,
    measured: rows,
    message:
      `${title(deploy)} goes out to stale rows: ${plural(rows, 'row')} of ${shortRelation(table)} ${rows === 1 ? 'differs' : 'differ'} in ${names} from what ` +
      `${title(backfill).replace(/^Step/, 'step')} puts there. ${who} wrote ${rows === 1 ? 'it' : 'them'} meanwhile, and goes on until it is gone.`,
    advice:
      `Dual writes first: before the backfill, deploy a version (or add a trigger) that writes ${names} whenever it writes what ${columns.length === 1 ? 'it is' : 'they are'} made of; ` +
      'then backfill, and only then deploy the version that reads it.',
  };
}
