import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BatchRecord } from '../../../artifacts/records/records.ts';
import { request, requestTable } from '../../evidence/evidence-fixture.ts';
import { backfillFigures } from '../backfill.ts';
import { generatorFigures } from './generator-figures.ts';
import { merged, unionMs } from '../../../shared/intervals/intervals.ts';
import { percentile } from '../../../shared/numbers/percentile.ts';
import { batchPoints, lagPoints } from './timeline.ts';

test('a percentile is the smallest value that at least that share does not exceed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 300 }),
      fc.constantFrom(0.5, 0.95, 0.99, 1),
      (values, q) => {
        const sorted = Float64Array.from(values).sort();
        const share = (limit: number): number =>
          values.filter((value) => value <= limit).length / values.length;
        const expected = [...sorted].find((value) => share(value) >= q - 1e-9);
        expect(percentile(sorted, q)).toBe(expected);
      },
    ),
  );
  expect(percentile(new Float64Array(), 0.99)).toBe(0);
});

test('stretches that touch or overlap are one', () => {
  const parts = [
    { fromMs: 10, toMs: 20 },
    { fromMs: 0, toMs: 5 },
    { fromMs: 15, toMs: 30 },
    { fromMs: 5, toMs: 6 },
  ];
  expect(merged(parts)).toEqual([
    { fromMs: 0, toMs: 6 },
    { fromMs: 10, toMs: 30 },
  ]);
  expect(unionMs(parts)).toBe(26);
});

function batch(
  startMs: number,
  endMs: number,
  rows: number,
  pausedMs = 0,
  pauseReason: string | null = null,
): BatchRecord {
  return {
    step: 'fill',
    batch: 1,
    startMs,
    endMs,
    rows,
    covered: rows,
    estimatedTotal: 100,
    walBytes: 1000,
    pausedMs,
    pauseReason,
    attempts: 1,
  };
}

test('a backfill’s rate leaves its pauses out, and tells them', () => {
  const batches = [
    batch(100, 150, 500, 70, 'warming'),
    batch(150, 210, 600),
    batch(1210, 1250, 400, 1000, 'p99 over 60 ms'),
  ];
  expect(backfillFigures(batches)).toEqual({
    rows: 1500,
    batches: 3,
    rowsPerSecond: 1500 / 0.15,
    batchP50Ms: 50,
    batchP99Ms: 60,
    walBytes: 3000,
    pausedMs: 1070,
    pauseReasons: ['warming', 'p99 over 60 ms'],
    triggers: [],
  });
  expect(backfillFigures([])).toBeUndefined();
});

test('only what the generator itself was late with counts as its lag', () => {
  const table = requestTable([
    [0, 5000, 5000.5, 5001, 0, 0, 0],
    [10, 10, 80, 81, 0, 0, 0],
    [20, 20, 20, 21, 0, 0, 0],
    [30, 9000, 9000, 9000, 0, 0, 'unfinished'],
  ]);
  expect(generatorFigures(table, [{ type: 'reconnected', tMs: 50, downMs: 5 }])).toEqual({
    lagP50Ms: 0.5,
    lagP99Ms: 70,
    lagMaxMs: 70,
    sent: 3,
    late: 1,
    reconnects: 1,
    unfinished: 1,
  });
});

test('thousands of batches become at most 2000 points that keep rows, time and pauses', () => {
  const batches = Array.from({ length: 4500 }, (_, index) => batch(index * 20, index * 20 + 10, 5, 1));
  const points = batchPoints(batches);
  expect(points.length).toBeLessThanOrEqual(2000);
  expect(points[0]).toEqual({ step: 'fill', tMs: 0, rowsPerSecond: 500, pausedMs: 3 });
  expect(points.reduce((sum, { pausedMs }) => sum + pausedMs, 0)).toBe(4500);
});

test('of several seconds in one point of lag the worst is shown', () => {
  const server = Array.from({ length: 4000 }, (_, second) => ({
    tMs: second * 1000,
    walBytes: 0,
    databaseBytes: 0,
    replayLagBytes: null,
    ...(second < 2 ? {} : { flushLagMs: 2 }),
    replayLagMs: second < 2 ? null : second,
  }));
  const points = lagPoints(server);
  expect(points.slice(0, 2)).toEqual([
    { tMs: 0, writeLagMs: null, flushLagMs: null, replayLagMs: null },
    { tMs: 2000, writeLagMs: null, flushLagMs: 2, replayLagMs: 3 },
  ]);
  expect(points).toHaveLength(2000);
});

test('requests are ordered by the time they were due, whatever the order of their ends', () => {
  const table = requestTable([request(30, 31), request(10, 40, '42703'), request(20, 21, 'lost')]);
  expect([...table.intendedMs]).toEqual([10, 20, 30]);
  expect([...table.outcome].map((code) => table.outcomes[code])).toEqual(['42703', 'lost', 'ok']);
});
