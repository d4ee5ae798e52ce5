import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { SecondStats } from './messages.ts';

const LOOP_RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;
const MICROSECONDS_PER_MS = 1000;

/** Requests that are due and not answered yet. */
export interface Waiting {
  readonly queued: readonly number[];
  readonly inFlight: readonly number[];
}

/** Collects the figures of one second after the other for people and for the throttle of a backfill. */
export class SecondWindow {
  readonly #latency = createHistogram();
  readonly #lag = createHistogram();
  readonly #loopDelay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  #answered = 0;
  #errors = 0;
  #reconnects = 0;

  constructor() {
    this.#loopDelay.enable();
  }

  answered(latencyMs: number, lagMs: number, failed: boolean): void {
    this.#answered++;
    if (failed) this.#errors++;
    record(this.#latency, latencyMs);
    record(this.#lag, lagMs);
  }

  reconnected(): void {
    this.#reconnects++;
  }

  /**
   * Ends the second. The age of what still waits counts as well: while the app stands still nothing is answered, and a
   * second without answers is not a good one.
   * @param waiting intended times on the same clock as `nowMs`
   */
  close(nowMs: number, waiting: Waiting): SecondStats {
    for (const intendedMs of waiting.inFlight) record(this.#latency, nowMs - intendedMs);
    for (const intendedMs of waiting.queued) record(this.#latency, nowMs - intendedMs);
    const some = this.#latency.count > 0;
    const stats: SecondStats = {
      tMs: nowMs,
      done: this.#answered,
      errors: this.#errors,
      p50Ms: some ? this.#latency.percentile(50) / MICROSECONDS_PER_MS : null,
      p99Ms: some ? this.#latency.percentile(99) / MICROSECONDS_PER_MS : null,
      maxMs: some ? this.#latency.max / MICROSECONDS_PER_MS : null,
      queued: waiting.queued.length,
      inFlight: waiting.inFlight.length,
      lagP99Ms: this.#lag.count > 0 ? this.#lag.percentile(99) / MICROSECONDS_PER_MS : null,
      // The monitor's samples include the interval at which it looks.
      loopDelayMaxMs: Math.max(0, this.#loopDelay.max / NANOSECONDS_PER_MS - LOOP_RESOLUTION_MS),
      reconnects: this.#reconnects,
    };
    this.#answered = 0;
    this.#latency.reset();
    this.#lag.reset();
    this.#loopDelay.reset();
    return stats;
  }

  stop(): void {
    this.#loopDelay.disable();
  }
}

function record(histogram: ReturnType<typeof createHistogram>, ms: number): void {
  histogram.record(Math.max(1, Math.round(ms * MICROSECONDS_PER_MS)));
}
