/** Of a normal distribution: nine of ten lie between. With the error of the level, eight of ten dates do (growth.test.ts). */
const Z = 1.6449;
const FEWEST_RUNS = 8;
/** One of the last nights beyond the budget is no forecast any more. */
const LAST = 3;
const DAY_MS = 86_400_000;
/** A date beyond is no news of today. */
const FURTHEST_DAYS = 730;

/** One figure of one run. */
export interface Reading {
  /** Since 1970. */
  readonly atMs: number;
  readonly value: number;
}

/** When a figure that grows will meet its budget: an interval of 80 %. */
export interface Crossing {
  readonly fromMs: number;
  /** Null: perhaps not within two years. */
  readonly toMs: number | null;
}

/**
 * Where the trend of a figure crosses its budget. Theil and Sen's slope (the median of the slopes of all pairs) with its interval by
 * Kendall's variance (Sen 1968): a few bad nights do not move it.
 * @returns undefined where there are too few readings, no certain trend, the budget is met already, or further away than two years
 */
export function crossingOf(
  readings: readonly Reading[],
  budget: number,
  better: 'lower' | 'higher',
): Crossing | undefined {
  const last = readings.at(-1);
  if (last === undefined || readings.length < FEWEST_RUNS) return undefined;
  const sign = better === 'lower' ? 1 : -1;
  if (readings.slice(-LAST).some(({ value }) => sign * value > sign * budget)) return undefined;
  const worse = readings.map(({ atMs, value }) => ({ atMs, value: sign * value }));
  const { low, middle, high } = slopes(worse);
  if (!(low > 0)) return undefined;
  // In the middle of the readings the line is known best; an error of the slope grows from there.
  const pivotMs = medianOf(worse.map(({ atMs }) => atMs));
  const level = medianOf(worse.map(({ atMs, value }) => value - middle * ((atMs - pivotMs) / DAY_MS)));
  const past = (last.atMs - pivotMs) / DAY_MS;
  const days = (slope: number): number => Math.max(0, (sign * budget - level) / slope - past);
  if (days(high) > FURTHEST_DAYS) return undefined;
  const at = (count: number): number => last.atMs + count * DAY_MS;
  return { fromMs: at(days(high)), toMs: days(low) > FURTHEST_DAYS ? null : at(days(low)) };
}

/** Per day. */
function slopes(readings: readonly Reading[]): { low: number; middle: number; high: number } {
  const all: number[] = [];
  for (const [position, a] of readings.entries()) {
    for (const b of readings.slice(position + 1)) {
      if (b.atMs > a.atMs) all.push(((b.value - a.value) / (b.atMs - a.atMs)) * DAY_MS);
    }
  }
  all.sort((a, b) => a - b);
  const n = readings.length;
  const half = (Z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)) / 2;
  const rank = (place: number): number =>
    all[Math.min(all.length - 1, Math.max(0, Math.round(place)))] ?? NaN;
  return { low: rank(all.length / 2 - half), middle: medianOf(all), high: rank(all.length / 2 + half) };
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}
