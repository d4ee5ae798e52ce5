import { percentile } from '../../../shared/numbers/percentile.ts';

/** Latencies in one glance. Milliseconds. */
export interface Latency {
  readonly requests: number;
  readonly errors: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Sorts `latenciesMs` in place. */
export function latencyOf(latenciesMs: Float64Array, errors: number): Latency {
  latenciesMs.sort();
  return {
    requests: latenciesMs.length,
    errors,
    p50Ms: percentile(latenciesMs, 0.5),
    p95Ms: percentile(latenciesMs, 0.95),
    p99Ms: percentile(latenciesMs, 0.99),
    maxMs: latenciesMs.at(-1) ?? 0,
  };
}
