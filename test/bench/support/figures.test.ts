import { expect, test } from 'vitest';
import { median, percentileOf, rounded, spread } from './figures.ts';

test('the figures of a few values', () => {
  const values = [5, 1, 4, 2, 3];
  expect([median(values), median([1, 2]), percentileOf(values, 99)]).toEqual([3, 1.5, 4.96]);
  expect(spread(values)).toBe(1);
  expect(rounded(0.12349)).toBe(0.123);
  expect(median([])).toBeNaN();
});
