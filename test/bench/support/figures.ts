/** The middle of values in any order. */
export function median(values: readonly number[]): number {
  return percentileOf(values, 50);
}

/** Between the two nearest values where it falls between them; NaN of none. */
export function percentileOf(values: readonly number[] | Float64Array, percent: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = (percent / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** Half of the range in which the middle half of the values lies: how far a repetition may be off. */
export function spread(values: readonly number[]): number {
  return (percentileOf(values, 75) - percentileOf(values, 25)) / 2;
}

/** `digits` behind the point, as a number. */
export function rounded(value: number, digits = 3): number {
  return Number(value.toFixed(digits));
}

/**
 * How far the median of so many values may be off by chance: that of a mean, times √(π/2) as for values in a normal
 * distribution, whose deviation is taken from the middle half so that a few outliers do not count (Kendall and Stuart, The
 * Advanced Theory of Statistics, volume 1: the sampling of quantiles).
 */
export function standardError(values: readonly number[]): number {
  const deviation = spread(values) / 0.6745;
  return (deviation * Math.sqrt(Math.PI / 2)) / Math.sqrt(values.length);
}
