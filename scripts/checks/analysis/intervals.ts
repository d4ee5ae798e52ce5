/** A stretch of the run; milliseconds from its zero. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How long two stretches share; negative or 0 when they do not. */
export function overlapMs(a: Interval, b: Interval): number {
  return Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs);
}

/** Length of `intervals` taken together, counting what they share once. */
export function unionMs(intervals: readonly Interval[]): number {
  return merged(intervals).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}

/** The same stretches in order, with those that touch joined. */
export function merged(intervals: readonly Interval[]): Interval[] {
  const joined: Interval[] = [];
  for (const next of intervals.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1);
    if (last !== undefined && next.fromMs <= last.toMs) {
      joined[joined.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, next.toMs) };
    } else joined.push(next);
  }
  return joined;
}
