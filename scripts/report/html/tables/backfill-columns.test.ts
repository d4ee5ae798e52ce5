import { expect, test } from 'vitest';
import { backfillColumns, pausesOf } from './backfill-columns.ts';

const batch = (tMs: number, rowsPerSecond: number, pausedMs = 0, step = 'fill') => ({
  step,
  tMs,
  rowsPerSecond,
  pausedMs,
});

test('batches that share a place are weighted by their time', () => {
  // 100 ms at 1,000 rows/s, 900 ms at 2,000 rows/s, and then one in a place of its own.
  const batches = [batch(0, 1000), batch(100, 2000), batch(1000, 5000), batch(1050, 0, 0, 'other')];
  expect(backfillColumns(batches, (ms) => ms / 500)).toEqual([
    {
      left: 0,
      right: 2.1,
      rowsPerSecond: expect.closeTo((100 * 1000 + 900 * 2000 + 50 * 5000) / 1050, 6) as number,
    },
    { left: 2.1, right: 2.2, rowsPerSecond: 0 },
  ]);
});

test('while it paused there is no column, and the pause is told', () => {
  const batches = [batch(0, 1000), batch(11_000, 1000, 10_000)];
  expect(backfillColumns(batches, (ms) => ms / 100)).toEqual([
    { left: 0, right: 10, rowsPerSecond: 1000 },
    { left: 110, right: 110.5, rowsPerSecond: 1000 },
  ]);
  expect(pausesOf(batches, (ms) => ms / 100)).toEqual([{ left: 10, right: 110, ms: 10_000 }]);
});

test('two backfills never share a column', () => {
  const columns = backfillColumns([batch(0, 1000), batch(50, 3000, 0, 'other')], () => 0);
  expect(columns.map(({ rowsPerSecond }) => rowsPerSecond)).toEqual([1000, 3000]);
});
