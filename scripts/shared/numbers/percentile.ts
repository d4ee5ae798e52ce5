/**
 * The nearest-rank percentile: the smallest value that at least `share` of them do not exceed. 0 for none.
 * @param ascending @param share from 0 to 1, such as 0.99
 */
export function percentile(ascending: ArrayLike<number>, share: number): number {
  const rank = Math.ceil(share * ascending.length - 1e-9);
  return ascending[Math.max(0, rank - 1)] ?? 0;
}
