import type { OutsideLockRecord } from '../../../artifacts/records/records.ts';
import type { Blocker, WaitGraph } from '../waits/blockers.ts';
import { lockEffect, type Clipped, type LockEffect } from '../waits/holds.ts';
import { merged, overlapMs, unionMs, type Interval } from '../../../shared/intervals/intervals.ts';
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
  readonly evidence: { readonly locks?: readonly OutsideLockRecord[] | undefined };
  readonly waits: readonly WaitSpan[];
  readonly graph: WaitGraph;
}

/** Its sessions are those whose locks were seen in its step, and those that say so themselves. */
export function outsideEffect(
  step: string,
  window: Interval,
  spans: readonly LockSpan[],
  { evidence, waits, graph }: Facts,
): OutsideEffect {
  const pids = new Set((evidence.locks ?? []).filter((lock) => lock.step === step).map(({ pid }) => pid));
  const own = waits
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
