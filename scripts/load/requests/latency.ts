import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';

export interface LatencySummary {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/**
 * The exact percentile of raw values: the smallest value that at least `percent` % of them do not exceed (nearest rank).
 * @param sorted ascending, not empty
 */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length - 1e-9));
  return sorted[rank - 1] ?? NaN;
}

/** Percentiles of raw latencies in any order; undefined where there are none. */
export function summarize(latenciesMs: readonly number[] | Float64Array): LatencySummary | undefined {
  if (latenciesMs.length === 0) return undefined;
  const sorted = Float64Array.from(latenciesMs).sort();
  return {
    p50Ms: percentile(sorted, 50),
    p95Ms: percentile(sorted, 95),
    p99Ms: percentile(sorted, 99),
    maxMs: percentile(sorted, 100),
  };
}

const SIGNIFICANT_DIGITS = 3;
const MICROSECONDS_PER_MS = 1000;

/**
 * Latencies counted in buckets of microseconds that are at most 0.1 % wide. Histograms of several drivers add up to the
 * histogram of all their requests, which percentiles themselves never do.
 */
export class LatencyHistogram {
  readonly #histogram: Histogram;

  private constructor(histogram: Histogram) {
    this.#histogram = histogram;
  }

  static empty(): LatencyHistogram {
    const histogram = build({ numberOfSignificantValueDigits: SIGNIFICANT_DIGITS, bitBucketSize: 64 });
    histogram.autoResize = true;
    return new LatencyHistogram(histogram);
  }

  /** Reads what `encode` wrote. */
  static decode(text: string): LatencyHistogram {
    const histogram = decodeFromCompressedBase64(text, 64);
    histogram.autoResize = true;
    return new LatencyHistogram(histogram);
  }

  /** The histogram of all requests of several driver hosts, out of what `encode` wrote on each of them. */
  static merged(texts: readonly string[]): LatencyHistogram {
    const all = LatencyHistogram.empty();
    for (const text of texts) all.add(LatencyHistogram.decode(text));
    return all;
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  record(latencyMs: number): void {
    this.#histogram.recordValue(Math.max(0, Math.round(latencyMs * MICROSECONDS_PER_MS)));
  }

  add(other: LatencyHistogram): void {
    this.#histogram.add(other.#histogram);
  }

  percentileMs(percent: number): number {
    return this.#histogram.getValueAtPercentile(percent) / MICROSECONDS_PER_MS;
  }

  /** Compressed, as base64 of HdrHistogram's own V2 format. */
  encode(): string {
    return encodeIntoCompressedBase64(this.#histogram);
  }
}
