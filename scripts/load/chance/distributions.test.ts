import { describe, expect, it } from 'vitest';
import { exponential, gaussian, uniform, zipfian } from './distributions.ts';
import { Random } from './random.ts';
import { ScriptError } from '../script-error.ts';

const DRAWS = 100_000;
const LOWER = -3n;
const VALUES = 10;
const UPPER = LOWER + BigInt(VALUES) - 1n;

type Draw = (random: Random) => bigint;

/** Pearson's statistic of the draws against the documented probabilities. */
function chiSquare(draw: Draw, probabilityOf: (offset: number) => number): number {
  const random = new Random(20, 'test');
  const counts = new Array<number>(VALUES).fill(0);
  for (let index = 0; index < DRAWS; index++) {
    const offset = Number(draw(random) - LOWER);
    counts[offset] = (counts[offset] ?? NaN) + 1;
  }
  return counts.reduce((sum, count, offset) => {
    const expected = DRAWS * probabilityOf(offset);
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

/** With 9 degrees of freedom 99.9 % of all samples stay below 27.9; a fixed seed makes it always the same sample. */
const CRITICAL = 27.9;

/** The standard normal distribution's integral from -∞, by Simpson's rule. */
function phi(x: number): number {
  const steps = 2000;
  const width = (x + 9) / steps;
  let sum = 0;
  for (let step = 0; step <= steps; step++) {
    const factor = step === 0 || step === steps ? 1 : step % 2 === 0 ? 2 : 4;
    sum += factor * Math.exp(-((-9 + step * width) ** 2) / 2);
  }
  return (sum * width) / 3 / Math.sqrt(2 * Math.PI);
}

describe('random functions', () => {
  it('uniform: all values are as likely', () => {
    expect(
      chiSquare(
        (random) => uniform(random, LOWER, UPPER),
        () => 1 / VALUES,
      ),
    ).toBeLessThan(CRITICAL);
  });

  it('random_exponential follows the manual: f(i) - f(i + 1)', () => {
    const parameter = 2.5;
    const f = (x: number): number => Math.exp((-parameter * x) / VALUES) / (1 - Math.exp(-parameter));
    const statistic = chiSquare(
      (random) => exponential(random, LOWER, UPPER, parameter),
      (offset) => f(offset) - f(offset + 1),
    );
    expect(statistic).toBeLessThan(CRITICAL);
  });

  it('random_gaussian follows the manual: f(i + 0.5) - f(i - 0.5)', () => {
    const parameter = 2.5;
    const middle = (VALUES - 1) / 2;
    const f = (x: number): number => phi((2 * parameter * (x - middle)) / VALUES) / (2 * phi(parameter) - 1);
    const statistic = chiSquare(
      (random) => gaussian(random, LOWER, UPPER, parameter),
      (offset) => f(offset + 0.5) - f(offset - 0.5),
    );
    expect(statistic).toBeLessThan(CRITICAL);
  });

  it.each([1.05, 1.5, 3])(
    'random_zipfian with %d: the k-th value in proportion to k^-parameter',
    (parameter) => {
      const weights = Array.from({ length: VALUES }, (_, offset) => (offset + 1) ** -parameter);
      const sum = weights.reduce((total, weight) => total + weight, 0);
      const statistic = chiSquare(
        (random) => zipfian(random, LOWER, UPPER, parameter),
        (offset) => (weights[offset] ?? 0) / sum,
      );
      expect(statistic).toBeLessThan(CRITICAL);
    },
  );

  it('refuse ranges and parameters that the manual excludes', () => {
    const random = new Random(1, 'refused');
    const refused: [() => bigint, string][] = [
      [() => uniform(random, 5n, 1n), 'empty range given to random'],
      [() => uniform(random, -(1n << 63n), (1n << 63n) - 1n), 'random range is too large'],
      [() => exponential(random, 1n, 5n, 0), 'exponential parameter must be greater than zero'],
      [() => gaussian(random, 1n, 5n, 1.99), 'gaussian parameter must be at least 2'],
      [() => zipfian(random, 1n, 5n, 1), 'zipfian parameter must be in range [1.001, 1000]'],
      [() => zipfian(random, 1n, 5n, NaN), 'zipfian parameter must be in range [1.001, 1000]'],
    ];
    for (const [draw, message] of refused) expect(draw).toThrow(new ScriptError('invalidValue', message));
  });
});
