import { formatCount } from '../../shared/text/format.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { wayBackOf, type LostOnTheWay } from '../analysis/way-back/way-back.ts';
import { NOTHING, type Check, type CheckFinding } from '../check.ts';
import { shortRelation, stepTitle } from '../wording.ts';
import { goesBack } from './goes-back.ts';
import { pastLimitFinding } from './past-limit.ts';

export const valuesKept: Check = {
  id: 'valuesKept',
  title: 'What the new version wrote is there after the way back',
  failureTitle: 'The way back loses what was written, or leaves what the old version cannot read',
  needs: ['rollback'],
  unit: 'values',
  limit: 0,
  budget: null,
  applies: goesBack,
  run(analysis) {
    const way = wayBackOf(analysis);
    if (way?.isBegun !== true) return { ...NOTHING, isNotJudged: true };
    if (way.valuesLost === null) {
      const message =
        'Whether the way back loses what the new version wrote is not known: it was not counted.';
      return { ...NOTHING, findings: [{ status: 'inconclusive', message }] };
    }
    return {
      measured: way.valuesLost.reduce((sum, { lost }) => sum + lost.count, 0),
      findings: way.valuesLost.map((lost) => finding(lost, analysis)),
    };
  },
};

function finding(one: LostOnTheWay, analysis: Analysis): CheckFinding {
  const { lost, undo, since } = one;
  if (lost.limit !== undefined) return pastLimitFinding(one, lost.limit);
  const { table, column, count, isAtLeast } = lost;
  const short = shortRelation(table);
  const name = column === '*' ? short : `${short}.${column}`;
  const many = `${isAtLeast ? 'at least ' : ''}${formatCount(count)} ${unitOf(column, count)}`;
  const told = { status: 'fail', step: undo.run.planned.name, measured: count } as const;
  if (since.run.planned.deploy === null) {
    const message = `${stepTitle(since.run)} drops ${name} with ${many}, and ${stepTitle(undo.run).replace('Step', 'step')} brings it back without them.`;
    const advice = 'Keep the column until there is no way back, or mark the step pointOfNoReturn: true.';
    return { ...told, message, advice };
  }
  const version = since.run.planned.deploy.to;
  const message = `${stepTitle(undo.run)} drops ${name} with ${many} that the app wrote since ${version} went out in ${stepTitle(since.run).replace('Step', 'step')}, and that are nowhere else.`;
  const file = undo.run.planned.files[0] ?? 'the rollback file';
  const advice =
    column === '*'
      ? `Keep the table, or copy its rows to where ${before(analysis)} reads them, before ${file} drops it; or mark step ${since.run.planned.name} pointOfNoReturn: true.`
      : `Copy them to where ${before(analysis)} reads them: by a trigger while ${version} has traffic, or by an UPDATE before ${file} drops the column; or mark step ${since.run.planned.name} pointOfNoReturn: true.`;
  return { ...told, message, advice };
}

function before({ evidence }: Analysis): string {
  return evidence.run.load.versions[0]?.name ?? 'the version before';
}

function unitOf(column: string, count: number): string {
  const one = column === '*' ? 'row' : 'value';
  return count === 1 ? one : `${one}s`;
}
