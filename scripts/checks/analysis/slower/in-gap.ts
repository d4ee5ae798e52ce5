import type { ScriptPlan } from '../../../artifacts/records/of-plan/dependency-records.ts';
import type { StepRun } from '../step-runs.ts';
import { firstOf, type Began } from './began.ts';
import { gapCause } from './causes.ts';
import { isSlower, NO_DRIFT } from './drift.ts';
import type { StatisticsGap } from './statistics-gaps.ts';
import type { CalmStretch, Sample } from './times.ts';

interface SampledGap {
  readonly gap: StatisticsGap;
  readonly samples: ReadonlyMap<string, Sample>;
}

/** A script that was slow only until the ANALYZE that followed a change of a type, in the same step. */
export function slowInGap(
  key: string,
  stretches: readonly CalmStretch[],
  gaps: readonly SampledGap[],
  plansBefore: (step: StepRun) => readonly ScriptPlan[],
): Began | undefined {
  const before = firstOf(key, stretches)?.sample;
  if (before === undefined) return undefined;
  for (const { gap, samples } of gaps) {
    const { step, fromMs, toMs } = gap;
    const after = samples.get(key);
    const cause = gapCause(gap, plansBefore(step));
    if (after === undefined || cause === undefined || !isSlower(before, after, NO_DRIFT, 'inGap')) continue;
    return { step, cause: { step, cause, plan: null, isSure: true }, before, after, fromMs, toMs };
  }
  return undefined;
}
