import { beforeAll, describe, expect, it } from 'vitest';
import type { CompatibilityRecord, RequestRow } from '../artifacts/records/records.ts';
import { loadAdvice } from './advice.ts';
import { binomialTail } from './analysis/own-errors/binomial.ts';
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

/** Requests from a moment on, one every 5 ms; each `nth` fails. */
function requests(fromMs: number, count: number, nth: number, sqlstate = '40001'): RequestRow[] {
  return Array.from({ length: count }, (_, at) => {
    const atMs = fromMs + at * 5;
    return request(atMs, atMs + 0.5, (at + 1) % nth === 0 ? sqlstate : 0);
  });
}

function cell(after: string, sqlstate: string | null, tries = 4): CompatibilityRecord {
  const failed = sqlstate === null ? {} : { tries };
  return { after, version: 'old', script: 'read', ok: sqlstate === null, sqlstate, message: null, ...failed };
}

/** 180 requests before the plan; step `alter` from 4900 to 6000 ms, `soak` from 6000 on. */
function judged(
  before: RequestRow[],
  after: RequestRow[],
  compatibility?: CompatibilityRecord[],
  budget = 0,
): Result {
  const plan = runRecord().plan.concat({ ...runRecord().plan[0]!, name: 'watch', kind: 'soak', files: [] });
  const steps = [
    ...stepWindow('alter', 4900, 6000),
    statementRecord({ sentMs: 5000, respondedMs: 5002 }),
    ...stepWindow('watch', 6000, 9000),
  ];
  return judgeEvidence(
    evidence({
      run: runRecord({ plan, budgets: { errors: budget } }),
      steps,
      requests: requestTable([...before, ...after]),
      ...(compatibility && { compatibility }),
    }),
  );
}

const errorsOf = ({ findings }: Result): unknown[] =>
  findings
    .filter(({ check }) => check === 'errors')
    .map(({ step, measured, sqlstate }) => [step, measured, sqlstate]);

describe('binomialTail', () => {
  it('is the probability of at least so many hits, also where each term is too small for a number', () => {
    expect(binomialTail(2, 2, 0.1)).toBeCloseTo(0.01, 12);
    expect(binomialTail(1, 3, 0.5)).toBeCloseTo(7 / 8, 12);
    expect(binomialTail(0, 5, 0.3)).toBeCloseTo(1, 12);
    expect(binomialTail(3900, 5000, 0.78)).toBeCloseTo(0.5, 1);
    expect(binomialTail(4999, 5000, 0.5)).toBe(0);
  });
});

describe('errors of the app’s own', () => {
  it('are no victims: one collision before the plan, and at the same rate since', () => {
    const result = judged(requests(3000, 180, 180), requests(5010, 600, 150));
    expect(errorsOf(result)).toEqual([]);
    expect(result.verdict).toBe('pass');
    expect(result.headline).toContain('no request failed beside 4 of the app’s own');
    expect(result.ownErrors).toEqual([
      { version: 'old', script: 'read', sqlstate: '40001', count: 1, requests: 180 },
    ]);
    expect(result.errors).toEqual([
      { version: 'old', script: 'read', step: null, sqlstate: '40001', count: 1 },
      { version: 'old', script: 'read', step: null, sqlstate: '40001', count: 4, own: true },
    ]);
    expect(result.steps.map(({ victims }) => victims.failed)).toEqual([0, 0]);
    expect(result.limits.join('\n')).toContain('old/read 1 of 180 requests with 40001');
  });

  it('are counted above their rate where the plan made more of them', () => {
    const result = judged(requests(3000, 180, 30), requests(5010, 600, 4));
    expect(errorsOf(result)).toEqual([['alter', 130, '40001']]); // 150, of which 20 = 600 * 6 / 180 are its own
    expect(result.errors.map(({ step, count, own }) => [step, count, own])).toEqual([
      [null, 6, undefined],
      ['alter', 130, undefined],
      [null, 20, true],
    ]);
  });

  it('are counted where they pile up within one step, though the plan as a whole has not many more', () => {
    const quiet = requests(6000, 550, 50);
    const result = judged(requests(3000, 180, 45), [...requests(5010, 20, 2), ...quiet]);
    expect(errorsOf(result)).toEqual([['alter', 10, '40001']]);
  });

  it('keep within a budget that allows some', () => {
    expect(errorsOf(judged(requests(3000, 180, 30), requests(5010, 600, 4), undefined, 130))).toEqual([]);
  });

  it('excuse no other code: one that the baseline never saw always counts', () => {
    const result = judged(requests(3000, 180, 30), requests(5010, 600, 600, '23505'));
    expect(errorsOf(result)).toEqual([['alter', 1, '23505']]);
  });

  it('excuse nothing where the app never failed by itself', () => {
    expect(errorsOf(judged(requests(3000, 180, 999), requests(5010, 600, 600)))).toEqual([
      ['alter', 1, '40001'],
    ]);
  });

  it('do not make the matrix fail at the start, nor after a step', () => {
    const fine = requests(5010, 100, 50);
    const result = judged(requests(3000, 180, 2), fine, [
      cell('start', '40001'),
      cell('alter', '40001'),
      cell('watch', null),
    ]);
    expect(result.findings).toEqual([]);
    expect(result.compatibility.map(({ after, ok, own, sqlstate }) => [after, ok, own, sqlstate])).toEqual([
      ['start', true, true, '40001'],
      ['alter', true, true, '40001'],
      ['watch', true, undefined, null],
    ]);
  });

  it('do not hide a script that fails each time from a step on', () => {
    const before = requests(3000, 180, 30);
    const matrix = [cell('start', null), cell('alter', '40001'), cell('watch', '40001')];
    const checks = judged(before, requests(5010, 100, 30), matrix).findings.map(({ check, step }) => [
      check,
      step,
    ]);
    expect(checks).toEqual([['compatibility', 'alter']]);
    const broken = judged(before, requests(5010, 100, 30), [
      cell('start', '40001'),
      cell('alter', '42703', 1),
      cell('watch', '42703', 1),
    ]);
    expect(broken.findings.map(({ check, step }) => [check, step])).toEqual([['compatibility', 'alter']]);
  });
});
