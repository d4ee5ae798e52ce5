import { withTimeout } from '../scripts/shared/clock.ts';
import { asError } from '../scripts/shared/errors.ts';
import { allTargets } from './targets/index.ts';
import type { Leftover, Look, NotOurs, Target, Tell } from './contract/target.ts';

const SWEEP_TIMEOUT_MS = 60_000;
const REMOVE_TIMEOUT_MS = 60_000;

interface Reaped {
  readonly removed: Leftover[];
  readonly failed: { readonly leftover: Leftover; readonly error: Error }[];
}

interface SweepOptions {
  readonly targets?: readonly Target[];
  /** How long each target may take; it is unseen after that. A minute unless given. */
  readonly limitMs?: number;
}

/**
 * What runs have left behind on all targets, and what those that still go on have: what carries a claim of this user's. A
 * target that cannot be looked at is told and keeps none of the others from being looked at. Never rejects.
 */
export function sweep(options: SweepOptions = {}): Promise<Look<Leftover>> {
  return lookEverywhere((target, signal) => target.leftovers(signal), options);
}

/** What looks like ours on any target and is not. Never rejects. */
export function findNotOurs(options: SweepOptions = {}): Promise<Look<NotOurs>> {
  return lookEverywhere((target, signal) => target.notOurs(signal), options);
}

/** What a run has left behind on its target. Never rejects. */
export async function sweepRun(target: Target, runId: string): Promise<Look<Leftover>> {
  const { found, unseen } = await sweep({ targets: [target] });
  return { found: found.filter((leftover) => leftover.runId === runId), unseen };
}

type LookAt<T> = (target: Target, signal: AbortSignal) => Promise<Look<T>>;

async function lookEverywhere<T>(
  look: LookAt<T>,
  { targets = allTargets(), limitMs = SWEEP_TIMEOUT_MS }: SweepOptions,
): Promise<Look<T>> {
  const looks = await Promise.all(targets.map((target) => lookAt(target, look, limitMs)));
  // Two settings of a target may be of one place.
  const found = new Map(looks.flatMap((seen) => seen.found.map((one) => [JSON.stringify(one), one])));
  return { found: [...found.values()], unseen: looks.flatMap(({ unseen }) => unseen) };
}

async function lookAt<T>(target: Target, look: LookAt<T>, limitMs: number): Promise<Look<T>> {
  const stop = new AbortController();
  try {
    const looking = (async () => look(target, stop.signal))(); // it may throw before it promises
    return await withTimeout(looking, limitMs, 'looking there');
  } catch (error) {
    return { found: [], unseen: [{ target: target.name, why: asError(error).message }] };
  } finally {
    stop.abort(new Error('no longer needed'));
  }
}

/** Removes what is left over. What is in use stays, and is in neither list. */
export async function reap(leftovers: readonly Leftover[], tell: Tell = () => undefined): Promise<Reaped> {
  const removed: Leftover[] = [];
  const failed: { leftover: Leftover; error: Error }[] = [];
  for (const leftover of leftovers.filter(({ inUse }) => !inUse)) {
    try {
      const { removalMs = REMOVE_TIMEOUT_MS, what } = leftover;
      await withTimeout(leftover.remove(tell), removalMs, `removing ${what}`);
      removed.push(leftover);
    } catch (error) {
      failed.push({ leftover, error: asError(error) });
    }
  }
  return { removed, failed };
}
