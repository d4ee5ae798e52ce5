import { expect, test } from 'vitest';
import { mostAtOnce } from './intervals.ts';

const stretch = (fromMs: number, toMs: number) => ({ fromMs, toMs });

test('the most at once are counted where they overlap, not where they only touch', () => {
  expect(mostAtOnce([])).toBe(0);
  expect(mostAtOnce([stretch(5, 9), stretch(0, 5)])).toBe(1);
  expect(mostAtOnce([stretch(0, 10), stretch(2, 3), stretch(2.5, 4), stretch(3, 5)])).toBe(3);
});
