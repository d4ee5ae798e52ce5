import { WAIT_TIERS } from '../artifacts/records/wait-records.ts';
import { serverLog } from './server-log/server-log.ts';
import { uprobes } from './uprobes.ts';
import type { WaitSourceKind } from './wait-source.ts';

/** Best first. */
const SOURCES: readonly WaitSourceKind[] = [uprobes, serverLog];

/** Those to try, best first: all, or from the tier on that REHEARSE_WAITS names. */
export function waitSources({ REHEARSE_WAITS }: NodeJS.ProcessEnv): readonly WaitSourceKind[] {
  const from = WAIT_TIERS.findIndex((tier) => tier === REHEARSE_WAITS);
  return SOURCES.filter(({ tier }) => WAIT_TIERS.indexOf(tier) >= from);
}
