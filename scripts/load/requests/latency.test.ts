import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram, percentile, summarize } from './latency.ts';

describe('percentile', () => {
  it('is the smallest value that so many do not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0, 1, 50, 50.5, 99, 99.9, 100].map((percent) => percentile(hundred, percent))).toEqual([
      1, 1, 50, 51, 99, 100, 100,
    ]);
    expect(percentile([7], 50)).toBe(7);
  });

  it('leaves no more than its part above it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (values, percent) => {
          const sorted = Float64Array.from(values).sort();
          const found = percentile(sorted, percent);
          const atMost = values.filter((value) => value <= found).length;
          expect(atMost / values.length).toBeGreaterThanOrEqual(percent / 100 - 1e-9);
        },
      ),
    );
  });
});

describe('summarize', () => {
  it('takes latencies in any order', () => {
    expect(summarize([3, 1, 2, 4])).toEqual({ p50Ms: 2, p95Ms: 4, p99Ms: 4, maxMs: 4 });
    expect(summarize([])).toBeUndefined();
  });
});

describe('LatencyHistogram', () => {
  const latencies = fc.array(fc.double({ min: 0.001, max: 600_000, noNaN: true }), {
    minLength: 1,
    maxLength: 200,
  });

  function histogramOf(values: readonly number[]): LatencyHistogram {
    const histogram = LatencyHistogram.empty();
    for (const value of values) histogram.record(value);
    return histogram;
  }

  it('of the parts, sent and added, is the histogram of the whole, within 0.1 % of the exact percentiles', () => {
    fc.assert(
      fc.property(fc.array(latencies, { minLength: 1, maxLength: 4 }), (parts) => {
        const merged = LatencyHistogram.merged(parts.map((part) => histogramOf(part).encode()));
        const whole = parts.flat();
        const sorted = Float64Array.from(whole).sort();
        expect(merged.count).toBe(whole.length);
        for (const percent of [50, 95, 99, 100]) {
          const exact = percentile(sorted, percent);
          expect(merged.percentileMs(percent)).toBe(histogramOf(whole).percentileMs(percent));
          // Half a microsecond is lost to rounding before the bucket is.
          expect(Math.abs(merged.percentileMs(percent) - exact)).toBeLessThanOrEqual(exact * 0.001 + 0.001);
        }
      }),
      { numRuns: 50 },
    );
  });
});
