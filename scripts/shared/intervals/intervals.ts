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

/** How many of `intervals` lie over each other at most; those that only touch do not. */
export function mostAtOnce(intervals: readonly Interval[]): number {
  const starts = intervals.map(({ fromMs }) => fromMs).sort((a, b) => a - b);
  const ends = intervals.map(({ toMs }) => toMs).sort((a, b) => a - b);
  let ended = 0;
  let most = 0;
  starts.forEach((startMs, index) => {
    while ((ends[ended] ?? Infinity) <= startMs) ended += 1;
    most = Math.max(most, index + 1 - ended);
  });
  return most;
}
