import { POLL_MS } from '../../artifacts/polling.ts';
import type { WaitTierRecord } from '../../artifacts/records/wait-records.ts';
import { formatMs } from '../../shared/text/format.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Result } from '../result/contract/result.ts';

type WaitFacts = NonNullable<Result['waits']>;

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

/** What that leaves unknown, as one sentence. */
export function waitLimit(evidence: Evidence): string {
  const { tier, resolutionMs, pollMs, note } = waitFacts(evidence);
  switch (tier) {
    case 'uprobes':
      return `Every wait for a lock was seen, to the microsecond; who stood in its way was looked at every ${pollMs} ms.`;
    case 'server-log':
      return `Waits for locks that lasted deadlock_timeout were told by the server's log; who waits for whom was looked at every ${pollMs} ms: shorter waits can be missed, and their end is known to ${resolutionMs} ms.`;
    case 'polling':
      return `Who waits for whom was looked at every ${pollMs} ms: shorter waits can be missed, and the end of a wait is known to ${resolutionMs} ms${note === null ? '' : ` (${note})`}.`;
  }
}
