import type { LockEntry } from '../../../artifacts/records/records.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import { largest } from '../largest.ts';
import { blocksTraffic, isAccessShare, lockStrength } from '../../../pg/lock-modes.ts';
import type { LockSpan } from './outside-locks.ts';
import type { WaitSpan } from './waits.ts';

/** What one try of a statement did to others by its locks. */
export interface LockEffect {
  /** The strongest lock on a relation that others can use; null = none above ACCESS SHARE. */
  readonly strongest: Pick<LockEntry, 'relation' | 'mode'> | null;
  /** From the grant of the strongest lock to its release. */
  readonly holdMs: number;
  /** The longest hold in a mode that stops reads or writes. */
  readonly blockingHoldMs: number;
  /** Its longest wait in the queue in such a mode: whoever came later waited behind it. */
  readonly blockingWaitMs: number;
  /** When others could not have the relation, for the wait, the hold or both. */
  readonly blackout: readonly Interval[];
  /** Locks on relations that others can use, with the time they were held. */
  readonly spans: readonly LockSpan[];
}

/** Locks as the session itself told them: each is taken at its grant, and all are freed with the transaction. */
export function heldInTransaction(
  newLocks: readonly LockEntry[],
  grantMsOf: (lock: LockEntry) => number,
  releasedMs: number,
): LockSpan[] {
  return newLocks
    .filter(({ existedBefore }) => existedBefore)
    .map((lock) => {
      const { relation, mode, partitionOf } = lock;
      const fromMs = grantMsOf(lock);
      return {
        relation,
        mode,
        fromMs,
        toMs: Math.max(fromMs, releasedMs),
        ...(partitionOf === undefined ? {} : { partitionOf }),
      };
    });
}

/** Wait, hold and blackout from the locks held and the waits of the same session. */
export function lockEffect(spans: readonly LockSpan[], waits: readonly Clipped[]): LockEffect {
  const telling = spans.filter(({ mode }) => !isAccessShare(mode));
  const strongest = telling.toSorted(strongerOrLonger)[0];
  const blocking = telling.filter(({ mode }) => blocksTraffic(mode));
  const queued = waits.filter(({ wait }) => wait.locktype === 'relation' && blocksTraffic(wait.mode));
  return {
    strongest: strongest ? { relation: strongest.relation, mode: strongest.mode } : null,
    holdMs: strongest ? lengthMs(strongest) : 0,
    blockingHoldMs: largest(blocking.map(lengthMs)),
    blockingWaitMs: largest(queued.map(lengthMs)),
    blackout: [...queued, ...blocking].map(({ fromMs, toMs }) => ({ fromMs, toMs })),
    spans: telling,
  };
}

/** The part of a wait that lies within its statement. */
export interface Clipped extends Interval {
  readonly wait: WaitSpan;
}

function lengthMs({ fromMs, toMs }: Interval): number {
  return toMs - fromMs;
}

function strongerOrLonger(a: LockSpan, b: LockSpan): number {
  return lockStrength(b.mode) - lockStrength(a.mode) || lengthMs(b) - lengthMs(a);
}
