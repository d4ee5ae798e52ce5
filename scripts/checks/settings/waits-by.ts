import type { Stop } from '../stops/stops.ts';
import { ownLockTimeout } from './overridden.ts';
import type { OwnSetting } from './own-settings.ts';

/** What decides how long the statement waits for a lock, and how often it comes again. */
export interface WaitsBy {
  /** The author's SQL sets lock_timeout itself: the step's key is not in force. */
  readonly own: OwnSetting | undefined;
  /** Of the step, as planned; undefined = it says nothing. */
  readonly lockTimeoutMs: number | undefined;
  readonly retries: number | undefined;
}

/** What decided how long a statement waited, and how often it came again. */
export function waitsBy({ step: { run }, statement }: Stop): WaitsBy {
  const { lockTimeoutMs, retries } = run.planned;
  return { own: ownLockTimeout(run, statement?.record), lockTimeoutMs, retries };
}
