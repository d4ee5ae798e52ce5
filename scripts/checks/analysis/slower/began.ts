import type { Interval } from '../../../shared/intervals/intervals.ts';
import type { StepRun } from '../step-runs.ts';
import type { FoundCause } from './causes.ts';
import { driftOf, isSlower, LEAST_REQUESTS, NO_DRIFT, type Drift } from './drift.ts';
import type { CalmStretch, Sample } from './times.ts';

/** When a script became slower, and after what. */
export interface Began extends Interval {
  readonly step: StepRun;
  /** Null where neither the catalogs nor its plan say why. */
  readonly cause: FoundCause | null;
  readonly before: Sample;
  readonly after: Sample;
}

/**
 * The first calm stretch in which a script is slower than in the first one of its own. The steps since it was last seen well are
 * candidates; the one that did something to what it leans on is to blame, else the last one.
 */
export function beganAt(
  key: string,
  stretches: readonly CalmStretch[],
  why: (candidates: readonly StepRun[]) => FoundCause | undefined,
): Began | undefined {
  const first = firstOf(key, stretches);
  if (first === undefined) return undefined;
  let well = stretches.indexOf(first.stretch);
  for (const [at, stretch] of stretches.entries()) {
    const after = sampleAt(key, stretch);
    if (at <= well || stretch.after === null || after === undefined) continue;
    const candidates = stretches.slice(well + 1, at + 1).flatMap((one) => one.after ?? []);
    const cause = why(candidates);
    const drift = driftOf(othersOf(key, first.stretch, stretch));
    if (isSlowWith(cause, first.sample, after, drift)) {
      const step = cause?.step ?? stretch.after;
      const fromMs = step.window?.fromMs ?? stretch.fromMs;
      return { step, cause: cause ?? null, before: first.sample, after, fromMs, toMs: Infinity };
    }
    well = at;
  }
  return undefined;
}

/** What a script is compared with: the baseline, or of a version that comes later its first calm stretch. */
export function firstOf(
  key: string,
  stretches: readonly CalmStretch[],
): { stretch: CalmStretch; sample: Sample } | undefined {
  for (const stretch of stretches) {
    const sample = sampleAt(key, stretch);
    if (sample !== undefined) return { stretch, sample };
  }
  return undefined;
}

function sampleAt(key: string, { samples }: CalmStretch): Sample | undefined {
  const sample = samples.get(key);
  return sample !== undefined && sample.requests >= LEAST_REQUESTS ? sample : undefined;
}

function isSlowWith(cause: FoundCause | undefined, before: Sample, after: Sample, drift: Drift): boolean {
  if (cause === undefined) return isSlower(before, after, drift, 'uncaused');
  if (!cause.isSure) return isSlower(before, after, drift, 'caused');
  // A busy machine makes the slowest tenth a few milliseconds slower too: that is taken off there.
  return isSlower(before, after, NO_DRIFT, 'caused') || isSlower(before, after, drift, 'sure');
}

function othersOf(
  key: string,
  { samples: then }: CalmStretch,
  { samples: now }: CalmStretch,
): { before: Sample; after: Sample }[] {
  return [...then].flatMap(([other, before]) => {
    const after = now.get(other);
    return other === key || after === undefined ? [] : [{ before, after }];
  });
}
