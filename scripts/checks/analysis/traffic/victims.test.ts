import fc from 'fast-check';
import { expect, test } from 'vitest';
import { simulateApp } from '../../../../test/golden/simulator/app.ts';
import {
  evidence,
  plannedStep,
  request,
  requestTable,
  runRecord,
  statementRecord,
  stepWindow,
} from '../../evidence/evidence-fixture.ts';
import { analyse } from '../analyse.ts';

function victimsOf(
  requests: ReturnType<typeof requestTable>,
  statements: ReturnType<typeof statementRecord>[],
): { index: number; delayed: number; failed: number; delayedSeconds: number; longestMs: number }[] {
  const steps = [...stepWindow('alter', 4900, 20_000), ...statements];
  return (
    analyse(evidence({ requests, steps })).steps[0]?.statements.map(({ record, victims }) => {
      const { delayed, failed, delayedSeconds, longestMs } = victims;
      return { index: record.index, delayed, failed, delayedSeconds, longestMs };
    }) ?? []
  );
}

test('a table locked for 2 s at 200 requests/s delays about 400 requests by about 400 s in all', () => {
  const { rows } = simulateApp({
    ratePerSec: 200,
    connections: 20,
    fromMs: 3000,
    toMs: 12_000,
    seed: 1,
    isEven: true,
    stalls: [{ fromMs: 5000, toMs: 7000 }],
    serviceMs: 3,
  });
  const lock = statementRecord({ sentMs: 5000, respondedMs: 5000.4, releasedMs: 7000 });
  const sleep = statementRecord({
    index: 2,
    sentMs: 5000.5,
    respondedMs: 6999,
    releasedMs: 7000,
    newLocks: [],
  });
  const [first, second] = victimsOf(requestTable(rows), [lock, sleep]);
  expect(second).toEqual({ index: 2, delayed: 0, failed: 0, delayedSeconds: 0, longestMs: 0 });
  expect(first?.delayed).toBeGreaterThanOrEqual(396);
  expect(first?.delayed).toBeLessThanOrEqual(416);
  expect(first?.delayedSeconds).toBeGreaterThan(392);
  expect(first?.delayedSeconds).toBeLessThan(415);
  expect(first?.longestMs).toBeGreaterThan(1990);
  expect(first?.longestMs).toBeLessThan(2010);
});

test('every slow request of a simulated app is a victim of the one stall that there was, and no other is', () => {
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.integer({ min: 1, max: 1_000_000 }),
        ratePerSec: fc.integer({ min: 20, max: 400 }),
        connections: fc.integer({ min: 4, max: 30 }),
        stallMs: fc.integer({ min: 20, max: 3000 }),
        startsMs: fc.integer({ min: 5000, max: 6000 }),
      }),
      ({ seed, ratePerSec, connections, stallMs, startsMs }) => {
        const stall = { fromMs: startsMs, toMs: startsMs + stallMs };
        const { rows } = simulateApp({
          ratePerSec,
          connections,
          seed,
          stalls: [stall],
          fromMs: 3000,
          toMs: 11_000,
          serviceMs: 5,
        });
        const table = requestTable(rows);
        const [victims] = victimsOf(table, [
          statementRecord({ sentMs: stall.fromMs, respondedMs: stall.toMs - 1, releasedMs: stall.toMs }),
        ]);
        const baseline = analyse(evidence({ requests: table })).baseline;
        fc.pre(baseline !== null && baseline.p99Ms < 5.1);
        const threshold = Math.max(10, 3 * baseline.p99Ms);
        const expected = rows.filter(([intendedMs, , , endMs]) => endMs - intendedMs > threshold);
        expect(victims?.delayed).toBe(expected.length);
        const seconds = expected.reduce((sum, row) => sum + row[3] - row[0] - baseline.p50Ms, 0) / 1000;
        expect(victims?.delayedSeconds).toBeCloseTo(seconds, 6);
      },
    ),
    { numRuns: 60 },
  );
});

test('of two stops that share a transaction the one that holds the lock is blamed', () => {
  const rows = Array.from({ length: 20 }, (_, position) => request(5000 + position * 50, 6010));
  const victims = victimsOf(requestTable([request(4000, 4001), ...rows]), [
    statementRecord({ index: 1, sentMs: 4950, respondedMs: 4951, releasedMs: 6000, newLocks: [] }),
    statementRecord({ index: 2, sentMs: 4990, respondedMs: 4991, releasedMs: 6000 }),
  ]);
  expect(victims.map(({ delayed }) => delayed)).toEqual([0, 20]);
});

test('a lock of a millisecond is not blamed for the long statement after it', () => {
  const rows = Array.from({ length: 30 }, (_, position) => request(4999 + position * 100, 9000));
  const victims = victimsOf(requestTable([request(4000, 4001), ...rows]), [
    statementRecord({ index: 1, sentMs: 5000, respondedMs: 5001, releasedMs: 5001 }),
    statementRecord({
      index: 2,
      sentMs: 5010,
      respondedMs: 9000,
      releasedMs: 9000,
      newLocks: [{ relation: 'public.customers', mode: 'RowExclusiveLock', existedBefore: true }],
    }),
  ]);
  expect(victims.map(({ delayed }) => delayed)).toEqual([0, 30]);
});

test('a request that failed is not counted as delayed as well', () => {
  const table = requestTable([request(4000, 4001), request(5100, 6001, '57014'), request(5200, 6001)]);
  const [victims] = victimsOf(table, [statementRecord({ sentMs: 5000, releasedMs: 6000 })]);
  expect(victims).toEqual({ index: 1, delayed: 1, failed: 1, delayedSeconds: 0.8, longestMs: 901 });
});

test('a slow request outside of every step and its drain is nobody’s victim', () => {
  const run = runRecord({ plan: [plannedStep('alter'), plannedStep('fill', { kind: 'backfill' })] });
  const steps = [
    ...stepWindow('alter', 4900, 5100),
    statementRecord({ sentMs: 5000, releasedMs: 5002 }),
    ...stepWindow('fill', 6000, 7000),
  ];
  const requests = requestTable([request(4000, 4001), request(5400, 5500), request(6400, 6500)]);
  expect(analyse(evidence({ run, steps, requests })).steps.map(({ victims }) => victims.delayed)).toEqual([
    0, 1,
  ]);
});

test('requests that waited for a lock and then failed by something else are told of the lock too', () => {
  const failed = Array.from({ length: 12 }, (_, position) => request(5100 + position * 50, 6001, '42703'));
  const steps = [
    ...stepWindow('alter', 4900, 6100),
    statementRecord({ sentMs: 5000, respondedMs: 5001, releasedMs: 6000 }),
    statementRecord({ index: 2, sentMs: 5990, respondedMs: 5999, releasedMs: 6000, newLocks: [] }),
  ];
  const requests = requestTable([request(4000, 4001), ...failed]);
  const told = analyse(evidence({ requests, steps })).steps[0]?.statements.map(({ victims }) => [
    victims.delayed,
    victims.failed,
    victims.failedAfter,
  ]);
  expect(told).toEqual([
    [0, 0, 12],
    [0, 12, 0],
  ]);
});
