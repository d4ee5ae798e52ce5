import { POLL_MS } from '../../artifacts/polling.ts';
import type { Result } from '../../checks/result/contract/result.ts';

const HOW = {
  uprobes: 'by uprobes in the server, every one, to the microsecond',
  'server-log': "by polling pg_locks, and by the server's log (log_lock_waits) from deadlock_timeout on",
  polling: 'by polling pg_locks',
} as const;

/** How waits for locks were measured, in one line; empty for runs that did not say. */
export function waitsText({ waits, steps }: Result): string {
  if (!waits) return '';
  const isWatched = steps.some(
    ({ outside, statements }) => outside !== null || statements.some(({ capture }) => capture === 'outside'),
  );
  const { tier, resolutionMs, pollMs, note } = waits;
  const ends = tier !== 'uprobes' ? `, ends to ${resolutionMs} ms` : '';
  const why = note === null ? '' : `; not better because ${note}`;
  const who = `who stood in whose way every ${pollMs} ms${isWatched && pollMs > POLL_MS ? `, and every ${POLL_MS} ms beside what is watched from outside` : ''}`;
  return `${HOW[tier]}${ends}; ${who}${why}`;
}
