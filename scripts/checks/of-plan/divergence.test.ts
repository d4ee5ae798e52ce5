import { beforeAll, expect, test } from 'vitest';
import type { AskedRecord } from '../../artifacts/records/records.ts';
import { loadAdvice } from '../advice.ts';
import { evidence, plannedStep, runRecord, stepWindow } from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';
import type { Result } from '../result/contract/result.ts';

beforeAll(loadAdvice);

const PLAN = [
  plannedStep('fill', { kind: 'backfill' }),
  plannedStep('agree', { kind: 'verify', watch: { everyMs: 1000, through: ['fill', 'out'] } }),
  plannedStep('out', { kind: 'soak' }),
];

function asked(during: string, fromMs: number, rows: number | null): AskedRecord {
  const sqlstate = rows === null ? '42703' : null;
  return { type: 'asked', step: 'agree', during, fromMs, tMs: fromMs + 20, rows, sqlstate };
}

function judged(...all: AskedRecord[]): Pick<Result, 'findings' | 'steps'> {
  const steps = [
    ...stepWindow('fill', 5000, 8000),
    ...stepWindow('agree', 8000, 8100),
    ...stepWindow('out', 9000, 12_000),
    ...all,
  ];
  const { findings, steps: told } = judgeEvidence(evidence({ run: runRecord({ plan: PLAN }), steps }));
  return { findings: findings.filter(({ check }) => check === 'divergence'), steps: told };
}

test('what differs before the place of the verify step is a number and no fault', () => {
  const { findings, steps } = judged(
    asked('fill', 5000, 900),
    asked('fill', 6000, 40),
    asked('out', 9000, 0),
  );
  expect(findings).toEqual([]);
  expect(steps[1]?.watch).toEqual({
    everyMs: 1000,
    through: ['fill', 'out'],
    asked: 3,
    unanswered: 0,
    mostRows: 900,
    mostDuring: 'fill',
    lastRows: 0,
    behindRows: 0,
    points: [
      { tMs: 5020, rows: 900 },
      { tMs: 6020, rows: 40 },
      { tMs: 9020, rows: 0 },
    ],
  });
});

test('what comes apart behind it fails, with the step that ran and the number of rows', () => {
  const { findings } = judged(asked('fill', 5000, 900), asked('out', 9000, 7), asked('out', 10_000, 3));
  expect(findings).toMatchObject([
    {
      status: 'fail',
      step: 'out',
      measured: 7,
      unit: 'rows',
      message:
        'Step 2 agree found no rows in its place, and 7 rows while step 3 out ran: 2 of 2 later askings found some, 3 rows at the end.',
    },
  ]);
});

test('questions that never got an answer leave it open', () => {
  expect(judged(asked('fill', 5000, null), asked('out', 9000, null)).findings).toMatchObject([
    {
      status: 'inconclusive',
      step: 'agree',
      message:
        'The questions of step 2 agree were asked 2 times while other steps ran and never got an answer (42703).',
    },
  ]);
});
