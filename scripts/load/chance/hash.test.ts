import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fnv1a, murmur2, permute } from './hash.ts';

describe('hash functions', () => {
  it("give the results of the manual's examples", () => {
    expect(murmur2(10n, 5432n)).toBe(-5817877081768721676n);
    expect(fnv1a(10n, 5432n)).toBe(-7793829335365542153n);
  });
});

describe('permute', () => {
  it('has neither collisions nor holes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.bigInt(-(1n << 63n), (1n << 63n) - 1n),
        (size, seed) => {
          const places = Array.from({ length: size }, (_, value) =>
            permute(BigInt(value), BigInt(size), seed),
          );
          expect(places.toSorted((a, b) => Number(a - b))).toEqual(places.map((_, index) => BigInt(index)));
        },
      ),
    );
  });

  it('takes values outside modulo the size', () => {
    expect(permute(7n, 5n, 1n)).toBe(permute(2n, 5n, 1n));
    expect(permute(-3n, 5n, 1n)).toBe(permute(2n, 5n, 1n));
  });

  it('shuffles differently for another seed', () => {
    const shuffle = (seed: bigint): bigint[] =>
      Array.from({ length: 50 }, (_, value) => permute(BigInt(value), 50n, seed));
    expect(shuffle(1n)).not.toEqual(shuffle(2n));
    expect(shuffle(1n)).not.toEqual(Array.from({ length: 50 }, (_, value) => BigInt(value)));
  });

  it('works at the largest sizes', () => {
    const size = (1n << 63n) - 1n;
    const place = permute(123456789n, size, 42n);
    expect(place >= 0n && place < size).toBe(true);
  });
});
