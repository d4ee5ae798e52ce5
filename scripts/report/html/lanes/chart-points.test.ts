import { expect, test } from 'vitest';
import { passingResult } from '../../../../test/report/sample-result.ts';
import type { Result } from '../../../checks/result/contract/result.ts';
import { chartPoints, unbroken } from './chart-points.ts';

type Second = Result['timeline']['seconds'][number];

function second(tMs: number, p99Ms: number | null, rest: Partial<Second> = {}): Second {
  const latency = { p50Ms: p99Ms === null ? null : p99Ms / 2, p95Ms: p99Ms, p99Ms, maxMs: p99Ms };
  return { tMs, ...latency, errors: 0, requests: { old: 10 }, ...rest };
}

function pointsOf(seconds: Second[], pixelsPerSecond: number): ReturnType<typeof chartPoints> {
  const timeline = { ...passingResult().timeline, seconds };
  return chartPoints(passingResult({ timeline }), (ms) => (ms / 1000) * pixelsPerSecond);
}

test('where there is room every second is a point', () => {
  expect(pointsOf([second(0, 8), second(1000, 9, { errors: 3 })], 10)).toEqual([
    { fromMs: 0, toMs: 1000, p50Ms: 4, p99Ms: 8, errors: 0, requests: { old: 10 } },
    { fromMs: 1000, toMs: 2000, p50Ms: 4.5, p99Ms: 9, errors: 3, requests: { old: 10 } },
  ]);
});

test('seconds that share a place keep their highest p99 and most errors, and their mean throughput', () => {
  const seconds = [
    second(0, 8),
    second(1000, 900, { errors: 7 }),
    second(2000, 10, { requests: { old: 40 } }),
  ];
  expect(pointsOf(seconds, 0.5)).toEqual([
    { fromMs: 0, toMs: 3000, p50Ms: 5, p99Ms: 900, errors: 7, requests: { old: 20 } },
  ]);
});

test('a missing second parts the points, also where they would share a place', () => {
  const points = pointsOf([second(0, 8), second(1000, 8), second(5000, 8)], 0.1);
  expect(points.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
    [0, 2000],
    [5000, 6000],
  ]);
  expect(unbroken(points).map((run) => run.length)).toEqual([1, 1]);
});

test('a second without an answer is not known, and not zero', () => {
  expect(pointsOf([second(0, null)], 10)).toMatchObject([{ p50Ms: null, p99Ms: null }]);
});

test('entries that stand for several seconds are told per second', () => {
  const seconds = [second(0, 8, { requests: { old: 80 }, errors: 4 }), second(4000, 8), second(8000, 8)];
  expect(pointsOf(seconds, 10)[0]).toEqual({
    fromMs: 0,
    toMs: 4000,
    p50Ms: 4,
    p99Ms: 8,
    errors: 1,
    requests: { old: 20 },
  });
});
