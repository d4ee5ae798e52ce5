import { expect, test } from 'vitest';
import { Random } from '../../load/chance/random.ts';
import { crossingOf, type Reading } from './growth.ts';

const DAY_MS = 86_400_000;

/** 30 nights from `from`, growing by `perDay`, each off by up to `noise`. */
function nights(perDay: number, noise: number, from = 100, seed = 1): Reading[] {
  const random = new Random(seed, 'growth');
  return Array.from({ length: 30 }, (_, day) => ({
    atMs: day * DAY_MS,
    value: from + perDay * day + noise * (2 * random.unit() - 1),
  }));
}

test('a figure that grows meets its budget within the dates that are told, in at least 80 of 100 series', () => {
  let within = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const crossing = crossingOf(nights(2, 10, 100, seed), 300, 'lower');
    const trueMs = 100 * DAY_MS;
    if (crossing && crossing.fromMs <= trueMs && trueMs <= (crossing.toMs ?? Infinity)) within += 1;
  }
  expect(within / 400).toBeGreaterThanOrEqual(0.8);
});

test('a rate that falls meets its budget from above', () => {
  const crossing = crossingOf(nights(-2, 1, 500), 300, 'higher');
  expect(Math.round((crossing?.fromMs ?? 0) / DAY_MS)).toBeGreaterThan(95);
  expect(Math.round((crossing?.toMs ?? 0) / DAY_MS)).toBeLessThan(105);
});

test('nothing is told of what is beyond its budget already, stays, shrinks, or would take longer than two years', () => {
  expect(crossingOf(nights(2, 10), 150, 'lower')).toBeUndefined();
  expect(crossingOf(nights(0, 10), 300, 'lower')).toBeUndefined();
  expect(crossingOf(nights(-1, 1), 300, 'lower')).toBeUndefined();
  expect(crossingOf(nights(0.1, 0.01), 300, 'lower')).toBeUndefined();
  expect(crossingOf(nights(2, 0).slice(0, 7), 300, 'lower')).toBeUndefined();
});
