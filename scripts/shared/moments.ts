/** A run is over in a day or two; what it waits for may have begun years before. Beyond that nothing was measured. */
const FURTHEST_MS = 10 * 365 * 86_400_000;

/** A moment or a duration of a run in milliseconds, as evidence may hold it. */
export function isMoment(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= FURTHEST_MS;
}
