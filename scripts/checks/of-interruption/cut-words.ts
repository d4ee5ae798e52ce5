import type { InterruptionRecord } from '../../artifacts/records/records.ts';
import type { Cut } from '../../plan/model.ts';
import { plural } from '../../shared/text/format.ts';
import type { StepRun } from '../analysis/step-runs.ts';
import { stepTitle } from '../wording.ts';

export const CUT_WORDS: Readonly<Record<Cut, string>> = {
  session: 'its session was ended',
  client: 'its client was gone',
  server: 'its server crashed',
};

/** `Step 3 fill was cut off 3 times (its client was gone)` */
export function cutWho(
  run: StepRun,
  { how, backfill }: Pick<InterruptionRecord, 'how' | 'backfill'>,
): string {
  const often = backfill === undefined ? '' : ` ${plural(backfill.cuts, 'time')}`;
  return `${stepTitle(run)} was cut off${often} (${CUT_WORDS[how]})`;
}
