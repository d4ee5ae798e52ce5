import { expect, test } from 'vitest';
import { ToldWaits } from './told-waits.ts';

test('a wait is known by the looks that told of its session meanwhile, give or take one look', () => {
  const told = new ToldWaits();
  told.add([1, 2], 1000);
  told.add([1], 2000);
  expect([told.has(1, 1500, 1600), told.has(1, 1500, 1995), told.has(1, 1005, 1600)]).toEqual([
    false,
    true,
    true,
  ]);
  expect([told.has(2, 500, 3000), told.has(2, 1500, 3000), told.has(3, 0, 3000)]).toEqual([
    true,
    false,
    false,
  ]);
});

test('what is long over is forgotten', () => {
  const told = new ToldWaits();
  told.add([1], 1000);
  told.add([2], 100_000);
  told.forget(100_000);
  expect([told.has(1, 1000, 1000), told.has(2, 100_000, 100_000)]).toEqual([false, true]);
});
