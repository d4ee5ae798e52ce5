import { expect, test } from 'vitest';
import type { RequestRow } from '../../../artifacts/records/records.ts';
import { request, requestTable } from '../../evidence/evidence-fixture.ts';
import { timelineSeconds } from './timeline-seconds.ts';

test('a stalled request shows in every second that it was in flight, with its age so far', () => {
  const table = requestTable(
    [request(500, 510), [900, 900, 900, 3200, 1, 0, '57014'], request(3500, 3502)],
    ['old', 'new'],
    [['read'], ['read']],
  );
  const age = (tMs: number, ms: number): object => ({ p50Ms: ms, p95Ms: ms, p99Ms: ms, maxMs: ms, tMs });
  expect(timelineSeconds(table)).toEqual([
    { tMs: 0, p50Ms: 10, p95Ms: 100, p99Ms: 100, maxMs: 100, errors: 0, requests: { old: 1, new: 1 } },
    { ...age(1000, 1100), errors: 0, requests: { old: 0, new: 0 } },
    { ...age(2000, 2100), errors: 0, requests: { old: 0, new: 0 } },
    { tMs: 3000, p50Ms: 2, p95Ms: 2300, p99Ms: 2300, maxMs: 2300, errors: 1, requests: { old: 1, new: 0 } },
  ]);
});

test('a second without traffic has no latency', () => {
  const seconds = timelineSeconds(requestTable([request(0, 1), request(2000, 2001)]));
  expect(seconds[1]).toEqual({
    tMs: 1000,
    p50Ms: null,
    p95Ms: null,
    p99Ms: null,
    maxMs: null,
    errors: 0,
    requests: { old: 0 },
  });
});

test('a run of hours keeps under 3600 points and loses no request', () => {
  const rows = Array.from({ length: 10_000 }, (_, index): RequestRow =>
    request(index * 1000, index * 1000 + 5),
  );
  const seconds = timelineSeconds(requestTable(rows));
  expect(seconds.length).toBeLessThanOrEqual(3600);
  expect(seconds.reduce((sum, { requests }) => sum + (requests['old'] ?? 0), 0)).toBe(10_000);
});
