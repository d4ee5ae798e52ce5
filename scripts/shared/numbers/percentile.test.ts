import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentile } from './percentile.ts';

describe('percentile', () => {
  it('is the smallest value that so many do not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0, 0.01, 0.5, 0.505, 0.99, 0.999, 1].map((share) => percentile(hundred, share))).toEqual([
      1, 1, 50, 51, 99, 100, 100,
    ]);
    expect(percentile([7], 0.5)).toBe(7);
    expect(percentile([], 0.5)).toBe(0);
  });

  it('leaves no more than its part above it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const sorted = Float64Array.from(values).sort();
          const found = percentile(sorted, share);
          const atMost = values.filter((value) => value <= found).length;
          expect(atMost / values.length).toBeGreaterThanOrEqual(share - 1e-9);
        },
      ),
    );
  });
});
