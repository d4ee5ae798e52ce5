import { createHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { Second } from './messages.ts';
import { OutcomeTally } from './requests/outcome-tally.ts';
import type { Outcome } from './requests/request-run.ts';
import type { Choice } from './traffic/traffic-mix.ts';

const LOOP_RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;
const MICROSECONDS_PER_MS = 1000;

/** Requests that are due and not answered yet. */
interface Waiting {
  readonly queued: readonly number[];
  readonly inFlight: readonly number[];
}

/** Collects the figures of one second after the other for people and for the throttle of a backfill. */
export class SecondWindow {
  readonly #latency = createHistogram();
  readonly #lag = createHistogram();
  readonly #loopDelay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  #utilization = performance.eventLoopUtilization();
  readonly #keepsAll: boolean;
  #latencies: number[] = [];
  #lags: number[] = [];
  #answered = 0;
  #errors = 0;
  #reconnects = 0;
  readonly #outcomes = new OutcomeTally();

  /** @param keepsAll hands out every latency, for those who make one second out of several */
  constructor(keepsAll: boolean) {
    this.#keepsAll = keepsAll;
    this.#loopDelay.enable();
  }

  answered(
    latencyMs: number,
    lagMs: number,
    choice: Pick<Choice, 'version' | 'script'>,
    outcome: Outcome,
  ): void {
    this.#answered++;
    if (outcome !== 0) this.#errors++;
    this.#outcomes.add(choice, outcome);
    this.#latencyIs(latencyMs);
    record(this.#lag, lagMs);
    if (this.#keepsAll) this.#lags.push(lagMs);
  }

  reconnected(): void {
    this.#reconnects++;
  }

  /**
   * Ends the second. The age of what still waits counts as well: while the app stands still nothing is answered, and a
   * second without answers is not a good one.
   * @param waiting intended times on the same clock as `nowMs`
   */
  close(nowMs: number, waiting: Waiting): Second {
    for (const intendedMs of waiting.inFlight) this.#latencyIs(nowMs - intendedMs);
    for (const intendedMs of waiting.queued) this.#latencyIs(nowMs - intendedMs);
    const utilization = performance.eventLoopUtilization();
    const { utilization: busy } = performance.eventLoopUtilization(utilization, this.#utilization);
    this.#utilization = utilization;
    const some = this.#latency.count > 0;
    const stats = {
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
      busy,
      reconnects: this.#reconnects,
      outcomes: this.#outcomes.counts(),
    };
    this.#answered = 0;
    this.#latency.reset();
    this.#lag.reset();
    this.#loopDelay.reset();
    const all = { latenciesMs: Float64Array.from(this.#latencies), lagsMs: Float64Array.from(this.#lags) };
    this.#latencies = [];
    this.#lags = [];
    return { stats, ...all };
  }

  stop(): void {
    this.#loopDelay.disable();
  }

  #latencyIs(ms: number): void {
    record(this.#latency, ms);
    if (this.#keepsAll) this.#latencies.push(ms);
  }
}

function record(histogram: ReturnType<typeof createHistogram>, ms: number): void {
  histogram.record(Math.max(1, Math.round(ms * MICROSECONDS_PER_MS)));
}
