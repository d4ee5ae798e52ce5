import type { Rehearsal } from '../plan/model.ts';
import { sleep } from '../shared/clock.ts';
import { formatMs, plural } from '../shared/text/format.ts';
import type { RunClock } from '../shared/run-clock.ts';
import type { OnEvent } from './events.ts';
import { requireHealthyTraffic } from './health.ts';
import type { RunTraffic } from './traffic.ts';

/** The first part of the warm-up fills caches and prepares statements; it does not count as "before". */
const SETTLING_SHARE = 0.25;
const TICK_MS = 250;

interface WarmUp {
  readonly rehearsal: Pick<Rehearsal, 'load'>;
  readonly traffic: RunTraffic;
  readonly clock: RunClock;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
}

/**
 * Lets the first version's traffic run for the warm-up and marks the window that counts as "before".
 * @throws BASELINE_UNHEALTHY when requests failed in it as only those of an app do that does not work
 */
export async function warmUp({ rehearsal, traffic, clock, signal, onEvent }: WarmUp): Promise<void> {
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
  const { outcomes, p99Ms } = traffic.latest();
  requireHealthyTraffic(outcomes);
  const errors = outcomes.reduce((sum, { outcome, count }) => sum + (outcome === 0 ? 0 : count), 0);
  const detail = `${plan}: p99 ${p99Ms === null ? 'unknown' : formatMs(p99Ms)}, ${plural(errors, 'error')}${errors > 0 ? ' of the app’s own' : ''}`;
  onEvent({ ...stage, state: 'done', detail, fraction: 1, etaMs: null });
}
