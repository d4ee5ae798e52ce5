import { POLL_MS } from '../../artifacts/polling.ts';
import type { WaitTierRecord } from '../../artifacts/records/wait-records.ts';
import { formatMs } from '../../shared/text/format.ts';
import type { Evidence } from '../evidence/evidence.ts';

/** How finely the waits of a run are known. */
interface WaitFacts extends Pick<WaitTierRecord, 'tier' | 'resolutionMs' | 'pollMs'> {
  /** Why they are not known better. */
  readonly note: string | null;
}

/** How the waits of this run are known: the last word of the record, with all that led to it. Older runs only polled. */
export function waitFacts({ exactWaits = [] }: Evidence): WaitFacts {
  const told = exactWaits.filter((record) => record.type === 'tier');
  const last = told.at(-1);
  if (last === undefined) return { tier: 'polling', resolutionMs: POLL_MS / 2, pollMs: POLL_MS, note: null };
  const { tier, resolutionMs, pollMs } = last;
  return { tier, resolutionMs, pollMs, note: noteOf(told) };
}

/** Why there was nothing better from the start, then when and why what there was came to an end. */
function noteOf(told: readonly WaitTierRecord[]): string | null {
  const reasons = told.flatMap(({ why, tMs }, index) => {
    if (why === null) return [];
    const before = told[index - 1];
    return before === undefined ? [why] : [`${before.tier} ended at ${formatMs(tMs)}: ${why}`];
  });
  return reasons.length === 0 ? null : reasons.join('; ');
}
