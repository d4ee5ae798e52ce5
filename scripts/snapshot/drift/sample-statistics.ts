import type { ColumnStatistics } from '../../plan/statistics/statistics.ts';
import { groupBy } from '../../shared/group-by.ts';
import type { ValueFigures } from './value-figures.ts';

/** As many as PostgreSQL keeps with its default statistics target. */
const MOST_COMMON = 100;
/** A value is common where it is so much more frequent than the average one. */
const ABOVE_AVERAGE = 1.25;
/** Above that share of the rows, distinct values are taken to grow with the table. */
const GROWS_FROM = 0.1;

/**
 * What ANALYZE would say of a column, from a sample of its values in the order of their rows (commands/analyze.c, compute_scalar_stats:
 * distinct values by the estimator of Haas and Stokes).
 * @param sample null = NULL
 * @param rows of the whole table
 */
export function sampleStatistics(
  name: string,
  sample: readonly (ValueFigures | null)[],
  rows: number,
): ColumnStatistics {
  const values = sample.filter((value) => value !== null);
  const nullFraction = sample.length === 0 ? 0 : 1 - values.length / sample.length;
  const counts = [...groupBy(values, ({ hash }) => hash).values()].map(({ length }) => length);
  return {
    name,
    nullFraction,
    distinct: distinctOf(counts, values.length, rows * (1 - nullFraction), rows),
    averageWidthBytes: mean(values.map(({ widthBytes }) => widthBytes)),
    commonFrequencies: commonOf(counts, values.length).map((count) => count / sample.length),
    correlation: correlationOf(values.map(({ order }) => order)),
    histogram: null,
  };
}

function distinctOf(counts: readonly number[], sampled: number, notNull: number, rows: number): number {
  if (sampled === 0) return 0;
  const once = counts.filter((count) => count === 1).length;
  if (once === sampled) return -notNull / rows;
  const estimate = (sampled * counts.length) / (sampled - once + (once * sampled) / Math.max(notNull, 1));
  const distinct = Math.min(Math.max(Math.round(estimate), counts.length), notNull);
  return distinct > GROWS_FROM * rows ? -distinct / rows : distinct;
}

function commonOf(counts: readonly number[], sampled: number): number[] {
  const isAll = counts.length <= MOST_COMMON && !counts.includes(1);
  const least = isAll ? 0 : Math.max(2, (ABOVE_AVERAGE * sampled) / Math.max(counts.length, 1));
  return counts
    .filter((count) => count >= least)
    .sort((a, b) => b - a)
    .slice(0, MOST_COMMON);
}

/** Of the places that the values have among each other with those of their rows; null of fewer than two values that differ. */
function correlationOf(orders: readonly number[]): number | null {
  const sorted = orders
    .map((order, row) => ({ order, row }))
    .sort((a, b) => a.order - b.order || a.row - b.row);
  const first = sorted[0]?.order;
  if (first === undefined || first === sorted.at(-1)?.order) return null;
  const middle = (orders.length - 1) / 2;
  let together = 0;
  let alone = 0;
  for (const [place, { row }] of sorted.entries()) {
    together += (place - middle) * (row - middle);
    alone += (place - middle) ** 2;
  }
  return together / alone;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
