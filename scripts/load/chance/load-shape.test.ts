import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { capacityMs, partsOf, shareOf } from './load-shape.ts';

describe('partsOf', () => {
  it.each([
    [400, 20, 64, 1],
    [10_000, 50, 8, 1],
    [25_000, 50, 8, 3],
    [25_000, 50, 2, 2],
    [25_000, 2, 8, 2],
    [1_000_000, 500, 64, 8],
  ])(
    'spreads %d/s over %d connections on %d processors over %d processes',
    (ratePerSec, connections, processors, parts) => {
      expect(partsOf({ ratePerSec, connections }, processors)).toBe(parts);
    },
  );
});

test('shares add up and differ by one at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 16 }), (count, of) => {
      const shares = Array.from({ length: of }, (_, index) => shareOf(count, index, of));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(count);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }),
  );
});

test('capacity is measured well within the part of the warm-up that does not count', () => {
  expect([0, 2999, 3000, 6000, 60_000].map((warmupMs) => capacityMs({ warmupMs }))).toEqual([
    0, 0, 450, 900, 1000,
  ]);
});
