import { withTimeout } from '../scripts/shared/clock.ts';
import { asError } from '../scripts/shared/errors.ts';
import { allTargets } from './targets/index.ts';
import type { Leftover, NotOurs, Target, Tell } from './targets/target.ts';

const SWEEP_TIMEOUT_MS = 60_000;
const REMOVE_TIMEOUT_MS = 60_000;

export interface Reaped {
  readonly removed: Leftover[];
  readonly failed: { readonly leftover: Leftover; readonly error: Error }[];
}

/** What runs have left behind on all targets, and what those that still go on have: what carries a claim of this user's. */
export async function sweep(options: { readonly runId?: string } = {}): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const target of allTargets()) found.push(...(await sweepTarget(target, options.runId)));
  return found;
}

/** What looks like ours on any target and is not. */
export async function findNotOurs(): Promise<NotOurs[]> {
  const found: NotOurs[] = [];
  for (const target of allTargets()) {
    const looking = `looking around on ${target.name}`;
    found.push(...(await withTimeout(target.notOurs(), SWEEP_TIMEOUT_MS, looking)));
  }
  return found;
}

/** What runs have left behind on one target. */
export async function sweepTarget(target: Target, runId?: string): Promise<Leftover[]> {
  const found = await withTimeout(
    target.leftovers(),
    SWEEP_TIMEOUT_MS,
    `looking for leftovers on ${target.name}`,
  );
  return runId === undefined ? found : found.filter((leftover) => leftover.runId === runId);
}

/** Removes what is left over. What is in use stays, and is in neither list. */
export async function reap(leftovers: readonly Leftover[], tell: Tell = () => undefined): Promise<Reaped> {
  const removed: Leftover[] = [];
  const failed: { leftover: Leftover; error: Error }[] = [];
  for (const leftover of leftovers.filter(({ inUse }) => !inUse)) {
    try {
      await withTimeout(leftover.remove(tell), REMOVE_TIMEOUT_MS, `removing ${leftover.what}`);
      removed.push(leftover);
    } catch (error) {
      failed.push({ leftover, error: asError(error) });
    }
  }
  return { removed, failed };
}
