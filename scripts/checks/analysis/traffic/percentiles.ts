/** Latencies in one glance. Milliseconds. */
export interface Latency {
  readonly requests: number;
  readonly errors: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/**
 * The nearest-rank percentile of ascending values: the smallest that at least `q` of them do not exceed. 0 for none.
 */
export function percentile(ascending: Float64Array, q: number): number {
  const rank = Math.ceil(q * ascending.length - 1e-9);
  return ascending[Math.max(0, rank - 1)] ?? 0;
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
