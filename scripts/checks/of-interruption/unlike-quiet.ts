import type { CutOff } from '../analysis/cut-offs.ts';
import type { CheckFinding } from '../check.ts';
import { formatCount, plural } from '../../shared/text/format.ts';
import { cutWho } from './cut-words.ts';
import { shortRelation } from '../wording.ts';

/** Rows that are not what the step leaves of them in the quiet playing, one finding a table. */
export function unlikeQuiet({ step: { run }, record, beside }: CutOff): CheckFinding[] {
  // A step that was brought to its end by hand, or failed, leaves something else anyway.
  if (record.error !== null) return [];
  return (beside ?? []).flatMap(({ table, rows }): CheckFinding[] => {
    const isKnown = isCountedTwice(record, table);
    if (rows === null || rows.unlike === 0 || isKnown) return [];
    const { unlike, leftOut, compared, oneIn } = rows;
    const otherwise = unlike - leftOut;
    const share = oneIn === 1 ? '' : ` (one row in ${formatCount(oneIn)} was compared)`;
    const parts = [
      ...(otherwise > 0 ? [`${formatCount(otherwise)} changed otherwise, as where they are done twice`] : []),
      ...(leftOut > 0 ? [`${formatCount(leftOut)} left out`] : []),
    ];
    return [
      {
        status: 'fail',
        step: run.planned.name,
        measured: 1,
        message: `${cutWho(run, record)}, and behind its second try ${plural(unlike, 'row')} of ${shortRelation(table)} out of ${formatCount(compared)} ${unlike === 1 ? 'is' : 'are'} not what the quiet playing leaves${share}: ${parts.join(', ')}.`,
        advice:
          'Let a second try find nothing to do: a where that what is done no longer matches (where full_name is null), on conflict do nothing, or a record of what is done that is committed together with it.',
      },
    ];
  });
}

/** The rows that its batches did twice have a finding of their own. */
function isCountedTwice({ backfill }: CutOff['record'], table: string): boolean {
  return (
    backfill !== undefined &&
    (backfill.rowsTwice > 0 || (backfill.rowsLeftOut ?? 0) > 0) &&
    shortRelation(backfill.table) === shortRelation(table)
  );
}
