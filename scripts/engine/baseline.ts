import type { CompatibilityRecord } from '../artifacts/records.ts';
import type { Rehearsal } from '../plan/model.ts';
import { sleep } from '../shared/clock.ts';
import { RehearsalError } from '../shared/errors.ts';
import { formatMs, plural } from '../shared/format.ts';
import type { RunClock } from '../shared/run-clock.ts';
import type { OnEvent } from './events.ts';
import type { RunTraffic } from './traffic.ts';

/** The first part of the warm-up fills caches and prepares statements; it does not count as "before". */
const SETTLING_SHARE = 0.25;
const TICK_MS = 250;

/**
 * The app that is out must work before anything is changed.
 * @throws BASELINE_UNHEALTHY naming each script that fails
 */
export function requireHealthyStart(rehearsal: Rehearsal, start: readonly CompatibilityRecord[]): void {
  const first = rehearsal.load.versions[0]?.name;
  const broken = start.filter(({ version, ok }) => version === first && !ok);
  if (broken.length === 0) return;
  const list = broken.map(
    ({ version, script, sqlstate, message }) =>
      `${version}/${script}: ${sqlstate ?? 'no SQLSTATE'} ${message ?? ''}`,
  );
  throw new RehearsalError(
    'BASELINE_UNHEALTHY',
    `before the first step ${plural(broken.length, 'script')} of the live app version ${first ?? ''} failed:\n  ${list.join('\n  ')}`,
    { hint: 'mend the workload script or the snapshot: a rehearsal needs a healthy app to begin with' },
  );
}

/**
 * Lets the first version's traffic run for the warm-up and marks the window that counts as "before".
 * @throws BASELINE_UNHEALTHY when requests failed in it
 */
export async function warmUp(
  rehearsal: Rehearsal,
  traffic: RunTraffic,
  clock: RunClock,
  signal: AbortSignal,
  onEvent: OnEvent,
): Promise<void> {
  const { warmupMs, ratePerSec } = rehearsal.load;
  const stage = { type: 'stage', stage: 'baseline' } as const;
  const startMs = clock.now();
  const plan = `${ratePerSec}/s for ${formatMs(warmupMs)}`;
  for (let passedMs = 0; passedMs < warmupMs; passedMs = clock.now() - startMs) {
    onEvent({
      ...stage,
      state: 'progress',
      detail: plan,
      fraction: passedMs / warmupMs,
      etaMs: warmupMs - passedMs,
    });
    await sleep(Math.min(TICK_MS, warmupMs - passedMs), signal);
  }
  const fromMs = startMs + warmupMs * SETTLING_SHARE;
  traffic.markBaseline(fromMs, clock.now());
  const { errors, p99Ms } = traffic.latest();
  if (errors > 0) {
    throw new RehearsalError(
      'BASELINE_UNHEALTHY',
      `${plural(errors, 'request')} failed in the warm-up, before the first step`,
      { hint: 'artifacts/requests.ndjson in the run folder has the SQLSTATE of each' },
    );
  }
  const detail = `${plan}: p99 ${p99Ms === null ? 'unknown' : formatMs(p99Ms)}, 0 errors`;
  onEvent({ ...stage, state: 'done', detail, fraction: 1, etaMs: null });
}
