import type { LostValuesRecord, SchemaRecord } from '../../artifacts/records/of-plan/schema-records.ts';
import { formatCount, plural } from '../../shared/text/format.ts';
import type { Analysis } from '../analysis/analyse.ts';
import type { CheckFinding } from '../check.ts';
import { shortRelation, stepTitle } from '../wording.ts';

/** Values that a change of type made other ones for good; told of a step that is no point of no return. */
export function lostValueFindings(
  schema: readonly SchemaRecord[],
  { steps }: Pick<Analysis, 'steps'>,
): CheckFinding[] {
  return schema.flatMap((record): CheckFinding[] => {
    if (record.type !== 'lost-values') return [];
    const step = steps.find(({ run }) => run.planned.name === record.step)?.run;
    if (step === undefined || step.planned.pointOfNoReturn) return [];
    return [
      {
        status: 'warn',
        step: record.step,
        statement: record.statement,
        measured: record.emptied + record.changed,
        message: `${stepTitle(step)} changed values of ${shortRelation(record.table)}.${record.column} for good: ${whatBecame(record)}.`,
        advice: `If that is meant, say pointOfNoReturn: true on the step. Otherwise put the new values into a new column and keep the old one until nobody can want it back; no cast back gives them again.`,
      },
    ];
  });
}

function whatBecame({ rows, emptied, changed }: LostValuesRecord): string {
  const all = `of ${plural(rows, 'row')} that had one`;
  const parts = [
    ...(emptied > 0 ? [`${formatCount(emptied)} ${emptied === 1 ? 'is' : 'are'} NULL`] : []),
    ...(changed > 0 ? [`${formatCount(changed)} can no longer be told from others or lost a part`] : []),
  ];
  return `${all}, ${parts.join(', and ')}`;
}
