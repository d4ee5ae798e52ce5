import { beforeAll, describe, expect, test } from 'vitest';
import type { LoadEvent } from '../artifacts/records/records.ts';
import { loadAdvice } from './advice.ts';
import {
  evidence,
  request,
  requestTable,
  runRecord,
  statementRecord,
  stepWindow,
} from './evidence/evidence-fixture.ts';
import { judgeEvidence } from './judge.ts';
import type { Result } from './result/contract/result.ts';

beforeAll(loadAdvice);

const BASE: readonly LoadEvent[] = [
  { type: 'started', tMs: 0 },
  { type: 'baseline', fromMs: 3000, toMs: 4900 },
  { type: 'stopped', tMs: 100_000, unfinished: 0 },
];

function judged(events: readonly LoadEvent[]): Result {
  return judgeEvidence(evidence({ load: [...BASE, ...events] }));
}

function checkOf(result: Result, id: string): Result['checks'][number] | undefined {
  return result.checks.find((check) => check.id === id);
}

describe('the capacity of the app', () => {
  const { ratePerSec } = runRecord().load;
  const capacity = (share: number): LoadEvent => {
    return { type: 'capacity', tMs: 0, perSec: ratePerSec / share, connections: 20 };
  };

  test('a load up to 60 % of it is fine', () => {
    const result = judged([capacity(0.59)]);
    expect(result.findings).toEqual([]);
    expect(checkOf(result, 'capacity')).toMatchObject({
      status: 'pass',
      title: 'The load left the app room to spare',
      unit: '%',
    });
  });

  test('a load above it is warned about, and decides nothing', () => {
    const result = judged([capacity(0.8)]);
    expect(result.verdict).toBe('pass');
    expect(result.findings).toMatchObject([{ check: 'capacity', status: 'warn', measured: 80, budget: 60 }]);
    expect(result.findings[0]?.message).toMatch(
      /^The load of .* requests\/s is 80 % of what the app could do/,
    );
  });

  test('one of which is only known what it is less than is told so', () => {
    const result = judged([{ ...capacity(0.8), isBelow: true } as LoadEvent]);
    expect(result.findings[0]?.message).toMatch(
      /is more than 80 % of what the app could do before the run \(less than /,
    );
  });

  test.each([
    [0.9, 'unfinished', 'fail'],
    [1.3, 'unfinished', 'inconclusive'],
    [1.3, '23505', 'fail'],
  ])('of a load of %d of it, requests that end with %s are judged %s', (share, outcome, status) => {
    const late = Array.from({ length: 30 }, (_, at) => request(5200 + at, 9000 + at, outcome));
    const steps = [...stepWindow('alter', 4900, 6000), statementRecord({ sentMs: 5000 })];
    const { findings } = judgeEvidence(
      evidence({
        run: runRecord({ budgets: { errors: 0 } }),
        requests: requestTable([request(4000, 4001), ...late]),
        load: [...BASE, capacity(share)],
        steps,
      }),
    );
    expect(findings.find(({ check }) => check === 'errors')?.status).toBe(status);
  });

  test('one that was not measured is not called enough', () => {
    expect(checkOf(judged([]), 'capacity')).toMatchObject({
      measured: null,
      title: 'What the app can do was not measured before the run',
    });
  });
});

describe('a generator that is at work without a pause', () => {
  test.each([
    [1, 'pass', 'pass'],
    [2, 'warn', 'pass'],
    [5, 'warn', 'pass'],
    [6, 'inconclusive', 'inconclusive'],
  ] as const)('for %d of a hundred seconds is %s', (count, status, verdict) => {
    const busy = Array.from({ length: count }, (_, second): LoadEvent => {
      return { type: 'saturated', tMs: 1000 * second, busy: 0.97 };
    });
    const result = judged(busy);
    expect(checkOf(result, 'generator')?.status).toBe(status);
    expect(result.verdict).toBe(verdict);
  });
});

test.each([
  [undefined, 'baseline', 60, 0],
  [30, 'rehearsal', 30, 1],
  [50, 'rehearsal', 50, 0],
] as const)(
  'with load.delayedOver %s a request of 40 ms is judged by the %s',
  (delayedOverMs, from, ms, count) => {
    const before = Array.from({ length: 50 }, (_, index) => request(3000 + index * 20, 3020 + index * 20));
    const { load } = runRecord();
    const result = judgeEvidence(
      evidence({
        run: runRecord({ load: { ...load, ...(delayedOverMs !== undefined && { delayedOverMs }) } }),
        load: BASE,
        steps: [...stepWindow('alter', 4900, 5200), statementRecord({ sentMs: 5000, respondedMs: 5100 })],
        requests: requestTable([...before, request(5010, 5050)]),
      }),
    );
    expect([result.victimThresholdFrom, result.victimThresholdMs]).toEqual([from, ms]);
    expect(result.steps[0]?.victims.delayed).toBe(count);
  },
);
