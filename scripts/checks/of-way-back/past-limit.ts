import type { PastLimit } from '../../artifacts/records/of-plan/rollback-records.ts';
import { formatCount } from '../../shared/text/format.ts';
import type { StepAnalysis } from '../analysis/analyse.ts';
import type { LostOnTheWay } from '../analysis/way-back/way-back.ts';
import type { CheckFinding } from '../check.ts';
import { shortRelation, stepTitle } from '../wording.ts';

/** Of values that the catalog of before the plan would not have let in: they stand there, or were cut to it. */
export function pastLimitFinding({ lost, how, undo, since }: LostOnTheWay, limit: PastLimit): CheckFinding {
  const { table, column, count, isAtLeast } = lost;
  const short = shortRelation(table);
  const name = column === '*' ? short : `${short}.${column}`;
  const unit = column === '*' ? 'row' : 'value';
  const many = `${isAtLeast ? 'at least ' : ''}${formatCount(count)} ${unit}${count === 1 ? '' : 's'} of ${name}`;
  const written = `written since ${outIn(since)}`;
  const keep = `Let the new version write nothing that ${shown(limit)} until there is no way back`;
  const mark = `or mark step ${since.run.planned.name} pointOfNoReturn: true`;
  if (how === 'cut') {
    const message = `${stepTitle(undo.run)} makes ${name} ${limit.was} again, and ${many}, ${written}, ${count === 1 ? 'does' : 'do'} not fit into it: what is there now is not what was written.`;
    const advice = `Leave the column as wide as it is: the old version reads it too. ${keep}, ${mark}.`;
    return { status: 'fail', step: undo.run.planned.name, measured: count, message, advice };
  }
  const message = `After the way back ${many}, ${written}, ${count === 1 ? 'is' : 'are'} there that the version before cannot read: ${reason(limit, count)}.`;
  const file = undo.run.planned.files[0] ?? 'a rollback file';
  const advice = `${keep}, write into ${file} what ${count === 1 ? 'it becomes' : 'they become'} (${example(lost, limit)}), ${mark}.`;
  return { status: 'fail', step: since.run.planned.name, measured: count, message, advice };
}

function outIn({ run }: StepAnalysis): string {
  const step = stepTitle(run).replace('Step', 'step');
  return run.planned.deploy === null ? step : `${run.planned.deploy.to} went out in ${step}`;
}

function reason({ rule, was, sqlstate }: PastLimit, count: number): string {
  const they = count === 1 ? 'it' : 'they';
  switch (rule) {
    case 'null':
      return `${they} ${count === 1 ? 'is' : 'are'} null, and the column was not null before the plan`;
    case 'label':
      return `${they} ${count === 1 ? 'has a label' : 'have labels'} that ${was} did not have before the plan`;
    case 'type':
      return `${they} ${count === 1 ? 'does' : 'do'} not fit ${was}, which the column was before the plan`;
    case 'unique':
      return `${they} ${count === 1 ? 'is' : 'are'} there more than once, and ${was} held ${count === 1 ? 'it' : 'them'} unique before the plan`;
    case 'reference':
      return `${they} ${count === 1 ? 'refers' : 'refer'} to no row, which ${was} refused before the plan`;
    case 'check':
      return `${they} ${count === 1 ? 'breaks' : 'break'} ${was}, which held before the plan`;
    case 'read':
      return `what was there before the plan was ${was}, which fails on ${count === 1 ? 'this' : 'these'} with ${sqlstate ?? 'an error'}`;
  }
}

function shown({ rule, was }: PastLimit): string {
  if (rule === 'read') return `is not ${was}`;
  return `${rule === 'null' ? 'NOT NULL' : was} would not take`;
}

function example({ table, column }: LostOnTheWay['lost'], { rule }: PastLimit): string {
  const target = `update ${shortRelation(table)} set ${column === '*' ? '…' : `${column} = …`}`;
  return rule === 'null' ? `${target} where ${column} is null` : `${target} where …`;
}
