import type { OutsideLockRecord } from '../../../artifacts/records/records.ts';
import type { Blocker, WaitGraph } from '../waits/blockers.ts';
import { lockEffect, type Clipped, type LockEffect } from '../waits/holds.ts';
import { merged, overlapMs, unionMs, type Interval } from '../../../shared/intervals/intervals.ts';
import { OverlapIndex } from '../../../shared/intervals/overlap-index.ts';
import type { LockSpan } from '../waits/outside-locks.ts';
import type { WaitSpan } from '../waits/waits.ts';

/** What the sessions of a foreign program did to others by their locks, as seen from outside. */
export interface OutsideEffect extends LockEffect {
  readonly waits: readonly Clipped[];
  readonly waitMs: number;
  readonly blackoutMs: number;
  readonly blockers: readonly Blocker[];
}

interface Facts {
  readonly commandWaits: OverlapIndex<WaitSpan>;
  readonly graph: WaitGraph;
}

/** Waits of sessions that any command may have: whose locks were seen, and those that say so themselves. */
export function commandWaits(
  waits: readonly WaitSpan[],
  locks: readonly OutsideLockRecord[],
): OverlapIndex<WaitSpan> {
  const pids = new Set(locks.map(({ pid }) => pid));
  return new OverlapIndex(waits.filter(({ role, pid }) => role === 'command' || pids.has(pid)));
}

/** Its sessions are those whose locks were seen in its step, and those that say so themselves. @param locks of its step */
export function outsideEffect(
  window: Interval,
  spans: readonly LockSpan[],
  locks: readonly OutsideLockRecord[],
  { commandWaits: waits, graph }: Facts,
): OutsideEffect {
  const pids = new Set(locks.map(({ pid }) => pid));
  const own = waits
    .touching(window)
    .filter((wait) => (wait.role === 'command' || pids.has(wait.pid)) && overlapMs(wait, window) > 0)
    .map((wait) => ({
      wait,
      fromMs: Math.max(wait.fromMs, window.fromMs),
      toMs: Math.min(wait.toMs, window.toMs),
    }));
  const effect = lockEffect(spans, own);
  const blackout = merged(effect.blackout);
  return {
    ...effect,
    waits: own,
    blackout,
    blackoutMs: unionMs(blackout),
    waitMs: unionMs(own),
    blockers: graph.blockersOf(own),
  };
}
