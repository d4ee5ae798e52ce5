import { formatCount, formatMs, plural } from '../../shared/text/format.ts';
import type { BackfillFigures } from '../analysis/backfill.ts';
import type { Check, CheckFinding } from '../check.ts';
import { listed, stepTitle } from '../wording.ts';

export const backfillRate: Check = {
  id: 'backfillRate',
  title: 'Every backfill was fast enough',
  failureTitle: 'A backfill was slower than the budget demands',
  needs: ['batches'],
  unit: 'rows/s',
  better: 'higher',
  budget: 'backfillRatePerSec',
  applies: ({ plan }) => plan.some(({ kind }) => kind === 'backfill'),
  run({ steps }, { backfillRatePerSec: budget }) {
    // A backfill that found nothing left to do has no rate.
    const all = steps.flatMap(({ run, backfill }) => {
      return backfill === null || backfill.rows === 0 ? [] : [{ run, backfill }];
    });
    const under = budget === undefined ? [] : all.filter(({ backfill }) => backfill.rowsPerSecond < budget);
    return {
      measured: all.length === 0 ? null : Math.min(...all.map(({ backfill }) => backfill.rowsPerSecond)),
      findings: under.map(({ run, backfill }): CheckFinding => ({
        status: 'fail',
        step: run.planned.name,
        measured: backfill.rowsPerSecond,
        budget: budget ?? null,
        isOnlySlow: true,
        message: message(stepTitle(run), backfill, budget ?? 0),
        advice: adviceFor(backfill, run.planned.batchTargetMs),
      })),
    };
  },
};

function message(
  who: string,
  { rowsPerSecond, rows, batches, pausedMs, pauseReasons }: BackfillFigures,
  budget: number,
): string {
  const paused =
    pausedMs > 0
      ? `, and paused ${formatMs(pausedMs)} besides${pauseReasons.length > 0 ? ` (${listed(pauseReasons)})` : ''}`
      : '';
  return (
    `${who} filled ${formatCount(rowsPerSecond)} rows/s (budget at least ${formatCount(budget)}): ` +
    `${plural(rows, 'row')} in ${plural(batches, 'batch', 'batches')}${paused}.`
  );
}

function adviceFor({ batchP50Ms }: BackfillFigures, batchTargetMs: number | null): string {
  return batchTargetMs !== null && batchP50Ms < batchTargetMs / 2
    ? 'Its batches stayed short of their target time: look for an index on the key, and for triggers and indexes on what is set.'
    : 'Drop or defer indexes on the columns that it sets, so that its updates stay HOT, or let its batches be longer with batchTarget.';
}
