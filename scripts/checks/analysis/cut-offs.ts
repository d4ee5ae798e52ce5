import type { InterruptionRecord } from '../../artifacts/records/records.ts';
import type { BesideQuietRecord } from '../../artifacts/records/of-plan/fingerprint-record.ts';
import type { UnfinishedObject } from '../../artifacts/records/of-plan/schema-records.ts';
import type { Analysis, StepAnalysis } from './analyse.ts';

/** A step that was cut off on purpose, and what that left behind. */
export interface CutOff {
  readonly step: StepAnalysis;
  readonly record: InterruptionRecord;
  /** Unfinished in the schema when the second try began, and not before the step; null where nobody looked. */
  readonly leftovers: readonly UnfinishedObject[] | null;
  /** What it left in its tables beside the quiet playing; null where nobody compared. */
  readonly beside: BesideQuietRecord['tables'] | null;
}

/** In the plan's order. */
export function cutOffs({ steps, evidence }: Analysis): CutOff[] {
  const looks = evidence.schema?.filter((record) => record.type === 'unfinished') ?? [];
  const quiet = evidence.schema?.filter((one) => one.type === 'beside-quiet') ?? [];
  return steps.flatMap((step) => {
    const { interruption: record, planned } = step.run;
    if (record === undefined) return [];
    const at = looks.findIndex((look) => look.step === planned.name && look.attempt === record.attempt);
    const known = new Set(looks[at - 1]?.objects.map(({ kind, oid }) => `${kind} ${oid}`));
    const leftovers = looks[at]?.objects.filter(({ kind, oid }) => !known.has(`${kind} ${oid}`)) ?? null;
    const beside = quiet.find((one) => one.step === planned.name)?.tables ?? null;
    return [{ step, record, leftovers, beside }];
  });
}
