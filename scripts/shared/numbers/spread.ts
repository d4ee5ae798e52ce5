/** MAD × this estimates the standard deviation of normal noise (Hampel 1974). */
const MAD_TO_SIGMA = 1.4826;

/** Of at least one number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** The standard deviation as the median absolute deviation tells it: a few wild values do not move it. */
export function robustSigma(values: readonly number[]): number {
  const middle = median(values);
  return MAD_TO_SIGMA * median(values.map((value) => Math.abs(value - middle)));
}
