import type { ColumnDrift } from '../../artifacts/records/of-run/drift-record.ts';
import type { ColumnStatistics } from '../../plan/statistics/statistics.ts';

/** @param rows that the table has now: distinct values are counted of so many on both sides */
export function columnDrift(before: ColumnStatistics, after: ColumnStatistics, rows: number): ColumnDrift {
  const pair = (of: (one: ColumnStatistics) => number) => ({ before: of(before), after: of(after) });
  const correlations = { before: before.correlation, after: after.correlation };
  return {
    name: after.name,
    nullFraction: pair(({ nullFraction }) => nullFraction),
    distinct: pair(({ distinct }) => distinctValues(distinct, rows)),
    widthBytes: pair(({ averageWidthBytes }) => averageWidthBytes),
    commonest: pair(({ commonFrequencies }) => commonFrequencies[0] ?? 0),
    commonDistance: distance(before.commonFrequencies, after.commonFrequencies),
    correlation:
      correlations.before === null || correlations.after === null
        ? null
        : { before: correlations.before, after: correlations.after },
  };
}

/** @param distinct as `pg_stats.n_distinct` */
function distinctValues(distinct: number, rows: number): number {
  return Math.round(Math.min(rows, distinct < 0 ? -distinct * rows : distinct));
}

/** A list that is cut shorter says nothing of what it leaves out. */
function distance(before: readonly number[], after: readonly number[]): number {
  const most =
    before.length === 0 || after.length === 0
      ? Math.max(before.length, after.length)
      : Math.min(before.length, after.length);
  let sum = 0;
  for (let at = 0; at < most; at += 1) sum += Math.abs((before[at] ?? 0) - (after[at] ?? 0));
  return sum / 2;
}
