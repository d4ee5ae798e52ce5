import type { Analysis } from '../analysis/analyse.ts';
import { merged, overlapMs, type Interval } from '../../shared/intervals/intervals.ts';
import { scriptKey } from '../analysis/traffic/latency.ts';
import { OverlapIndex } from '../../shared/intervals/overlap-index.ts';
import { inFlight } from '../analysis/traffic/victims.ts';

/** Beside a request of a slow script for so much of its time, a request shared the machine with it. */
const BESIDE = 0.5;

/**
 * Whether a delayed request is one of a script whose slowness has a known cause, or ran beside such ones: they take processors and
 * the app's connections from all others.
 */
export function explainedBySlowScripts({ slow, evidence: { requests } }: Analysis): (row: number) => boolean {
  const caused = slow.filter(({ cause }) => cause !== null);
  if (requests === undefined || caused.length === 0) return () => false;
  const own = new Set<number>();
  const busy: Interval[] = [];
  for (let row = 0; row < requests.count; row++) {
    const flight = inFlight(requests, row);
    const script = caused.find(
      ({ key, fromMs, toMs }) =>
        key === scriptKey(requests, row) && flight.toMs >= fromMs && flight.fromMs <= toMs,
    );
    if (script === undefined) continue;
    own.add(row);
    const ran = { fromMs: requests.sentMs[row] ?? 0, toMs: flight.toMs };
    if (ran.toMs - ran.fromMs > 3 * script.before.p50Ms) busy.push(ran);
  }
  const index = new OverlapIndex(merged(busy));
  return (row) => {
    if (own.has(row)) return true;
    const flight = inFlight(requests, row);
    const sharedMs = index
      .touching(flight)
      .reduce((sum, one) => sum + Math.max(0, overlapMs(one, flight)), 0);
    return sharedMs >= (flight.toMs - flight.fromMs) * BESIDE;
  };
}
