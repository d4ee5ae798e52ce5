import type { WaitsBy } from '../advice/queue.ts';
import type { Stop } from '../of-plan/locks/stops.ts';
import { ownLockTimeout } from './overridden.ts';

/** What decided how long a statement waited, and how often it came again. */
export function waitsBy({ step: { run }, statement }: Stop): WaitsBy {
  const { lockTimeoutMs, retries } = run.planned;
  return { own: ownLockTimeout(run, statement?.record), lockTimeoutMs, retries };
}
