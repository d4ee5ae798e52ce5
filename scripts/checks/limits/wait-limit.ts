import { waitFacts } from '../analysis/wait-tier.ts';
import type { Evidence } from '../evidence/evidence.ts';

/** What the way in which waits are known leaves unknown, as one sentence. */
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
