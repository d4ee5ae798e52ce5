import type { Leftover } from '../../infra/targets/target.ts';
import { plural } from '../shared/format.ts';
import type { Output } from './output.ts';

/** A leftover as JSON. */
export function leftoverRecord({
  target,
  runId,
  what,
  expiresAt,
  inUse,
}: Leftover): Omit<Leftover, 'remove'> {
  return { target, runId, what, expiresAt, inUse };
}

/** Everything of ours that is alive on any target, whoever's run it is. */
export async function sweepAll(): Promise<Leftover[]> {
  const { sweep } = await import('../../infra/reap.ts');
  return sweep();
}

/** Its run is dead, so nobody needs it. */
export function isDead({ inUse }: Leftover): boolean {
  return !inUse;
}

/** Its time is over, although somebody seems to use it still. */
export function hasExpired({ expiresAt }: Leftover, nowMs: number): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= nowMs;
}

/** Removes what dead runs left on this machine, hosts included, before another run starts. A failure is said and stops nothing. */
export async function removeDeadRuns(out: Output, except?: string): Promise<void> {
  const dead = (await sweepAll()).filter((leftover) => isDead(leftover) && leftover.runId !== except);
  if (dead.length === 0) return;
  const runs = new Set(dead.map(({ runId }) => runId));
  for (const failure of await removeAll(dead)) out.problem(failure);
  out.note(`removed what ${plural(runs.size, 'dead run')} left: ${[...runs].join(', ')}`);
}

/** Removes each, also what is in use: the caller has chosen. Returns a line for each that could not be. */
export async function removeAll(leftovers: readonly Leftover[]): Promise<string[]> {
  if (leftovers.length === 0) return [];
  const { reap } = await import('../../infra/reap.ts');
  const { failed } = await reap(leftovers.map((leftover) => ({ ...leftover, inUse: false })));
  return failed.map(
    ({ leftover, error }) => `could not remove ${leftover.what} of ${leftover.runId}: ${error.message}`,
  );
}
