import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';

function take(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.uint32());
}

describe('Random', () => {
  it('repeats itself for the same seed, purpose and index', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.string(), fc.nat(), (seed, purpose, index) => {
        expect(take(new Random(seed, purpose, index), 20)).toEqual(
          take(new Random(seed, purpose, index), 20),
        );
      }),
    );
  });

  it('draws something else for another seed, purpose or index', () => {
    const base = take(new Random(1, 'a', 0), 4);
    const others = [new Random(2, 'a', 0), new Random(1 + 2 ** 32, 'a', 0), new Random(1, 'b', 0)];
    for (const other of [...others, new Random(1, 'a', 1), new Random(1, 'a', 2 ** 32)]) {
      expect(take(other, 4)).not.toEqual(base);
    }
  });

  it('has neighbours that do not resemble each other', () => {
    const firstDraws = Array.from({ length: 20_000 }, (_, index) => new Random(7, 'x', index).unit());
    const mean = firstDraws.reduce((sum, value) => sum + value, 0) / firstDraws.length;
    const products = firstDraws
      .slice(1)
      .map((value, index) => (value - 0.5) * ((firstDraws[index] ?? 0) - 0.5));
    const covariance = products.reduce((sum, value) => sum + value, 0) / products.length;
    expect(mean).toBeCloseTo(0.5, 2);
    expect(covariance).toBeCloseTo(0, 2);
  });

  it('stays below the bound, also for bounds beyond 2^32', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.bigInt({ min: 1n, max: 1n << 64n }), (seed, count) => {
        const drawn = new Random(seed, 'bound').below(count);
        expect(drawn >= 0n && drawn < count).toBe(true);
      }),
    );
  });

  it('reaches every value below a small bound about equally often', () => {
    const random = new Random(3, 'uniform');
    const counts = [0, 0, 0, 0, 0, 0];
    for (let draw = 0; draw < 60_000; draw++) {
      const value = Number(random.below(6n));
      counts[value] = (counts[value] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });
});
