import type { Sample } from './times.ts';

/** Fewer requests of a script than these are no yardstick, and prove nothing. */
export const LEAST_REQUESTS = 20;

/** How much slower than before a script must have become: the middle one of its requests, or the slowest tenth. */
interface Threshold {
  readonly requests: number;
  readonly middle: { readonly times: number; readonly moreMs: number };
  readonly tenth: { readonly times: number; readonly moreMs: number };
}

/** With a cause in the catalogs that fits the script. */
const CAUSED: Threshold = {
  requests: LEAST_REQUESTS,
  middle: { times: 3, moreMs: 5 },
  tenth: { times: 5, moreMs: 20 },
};
/** With one that is sure to concern the script: where only some connections plan anew, the middle one stays as it was. */
const SURE: Threshold = { ...CAUSED, tenth: { times: 5, moreMs: 5 } };
/** Between two statements of a step there is no time for more. */
const IN_GAP: Threshold = { ...CAUSED, requests: 5 };
/** Without one: what a busy machine does to all scripts alike must not reach it. */
const UNCAUSED: Threshold = {
  requests: 50,
  middle: { times: 10, moreMs: 20 },
  tenth: { times: 20, moreMs: 100 },
};
const THRESHOLDS = { caused: CAUSED, sure: SURE, inGap: IN_GAP, uncaused: UNCAUSED };
/** Quicker than the clock and the network can tell apart. */
const SHORTEST_MS = 0.2;

/**
 * @param drift how much slower the other scripts became in the same time, as a factor
 * @returns whether it became slower in a way that chance does not explain
 */
export function isSlower(
  before: Sample,
  after: Sample,
  drift: Drift,
  kind: keyof typeof THRESHOLDS,
): boolean {
  const threshold = THRESHOLDS[kind];
  // Where nothing shows what the machine did meanwhile, it takes more of them.
  const least = kind === 'uncaused' && drift.scripts === 0 ? 2 * threshold.requests : threshold.requests;
  if (before.requests < LEAST_REQUESTS || after.requests < least) return false;
  const { middle, tenth } = threshold;
  return (
    isBeyond(before.p50Ms, after.p50Ms, middle, drift.middle) ||
    isBeyond(before.p90Ms, after.p90Ms, tenth, drift.tenth)
  );
}

function isBeyond(
  beforeMs: number,
  afterMs: number,
  { times, moreMs }: Threshold['middle'],
  drift: number,
): boolean {
  const expectedMs = Math.max(SHORTEST_MS, beforeMs) * drift;
  return afterMs >= times * expectedMs && afterMs - expectedMs >= moreMs;
}

export interface Drift {
  /** At least 1. */
  readonly middle: number;
  readonly tenth: number;
  /** How many scripts it was seen on. */
  readonly scripts: number;
}

export const NO_DRIFT: Drift = { middle: 1, tenth: 1, scripts: 0 };

/** The median of what became of the other scripts. */
export function driftOf(others: readonly { before: Sample; after: Sample }[]): Drift {
  const known = others.filter(
    ({ before, after }) => before.requests >= LEAST_REQUESTS && after.requests >= LEAST_REQUESTS,
  );
  const factor = (of: (sample: Sample) => number): number => {
    const all = known
      .map(({ before, after }) => of(after) / Math.max(SHORTEST_MS, of(before)))
      .sort((a, b) => a - b);
    return Math.max(1, all[Math.floor(all.length / 2)] ?? 1);
  };
  return { middle: factor(({ p50Ms }) => p50Ms), tenth: factor(({ p90Ms }) => p90Ms), scripts: known.length };
}
