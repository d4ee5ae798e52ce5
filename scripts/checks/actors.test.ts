import { expect, test } from 'vitest';
import type { ActorRecord } from '../artifacts/records.ts';
import { evidence, plannedStep, runRecord, stepWindow } from './evidence-fixture.ts';
import { judgeEvidence } from './judge.ts';
import type { Result } from './result.ts';

const reader = { actor: 'report', kind: 'long-reader' } as const;
const planned: ActorRecord = { ...reader, event: 'planned', tMs: 4000, step: 'alter', forMs: 20_000 };
const started: ActorRecord = { ...reader, event: 'started', tMs: 4800, message: 'on public.customers' };
const stopped: ActorRecord = { ...reader, event: 'stopped', tMs: 7000, message: null };

function judged(...actors: ActorRecord[]): { status: string; messages: string[]; result: Result } {
  const result = judgeEvidence(evidence({ actors }));
  return {
    status: result.checks.find(({ id }) => id === 'actors')?.status ?? '',
    messages: result.findings.filter(({ check }) => check === 'actors').map(({ message }) => message),
    result,
  };
}

test('an actor that was there all its time is in the result, from when to when', () => {
  const { status, result } = judged(planned, started, stopped);
  expect(status).toBe('pass');
  expect(result.actors).toEqual([
    { name: 'report', kind: 'long-reader', fromMs: 4800, toMs: 7000, note: null },
  ]);
});

test('a run with nobody else, or from before there were actors, is not judged', () => {
  expect(judged().status).toBe('not-judged');
  const old = judgeEvidence(evidence({ actors: undefined }));
  expect(old.verdict).toBe('pass');
  expect(old.actors).toEqual([]);
});

test('an actor that could not start makes the run inconclusive and says why', () => {
  const { status, messages, result } = judged(planned, {
    ...{ ...reader, event: 'failed', tMs: 4500, message: 'there is no table paymnts when it begins' },
  });
  expect(status).toBe('inconclusive');
  expect(result.verdict).toBe('inconclusive');
  expect(messages).toEqual([
    'report (long-reader) could not start: there is no table paymnts when it begins. The plan was not rehearsed in its company.',
  ]);
  expect(result.actors).toEqual([
    {
      ...{ name: 'report', kind: 'long-reader', fromMs: null, toMs: null },
      note: 'there is no table paymnts when it begins',
    },
  ]);
});

test('an actor that PostgreSQL ended early makes the run inconclusive', () => {
  const { messages } = judged(planned, started, {
    ...{ ...reader, event: 'failed', tMs: 5300, message: '57P01 terminating connection' },
  });
  expect(messages).toEqual([
    'report (long-reader) broke off after 500 ms: 57P01 terminating connection. What came later was not rehearsed in its company.',
  ]);
});

test('an actor without a record of its beginning or its end is not taken to have been there', () => {
  expect(judged(planned).messages).toEqual([
    'report (long-reader) left no record of its beginning: whether the plan was rehearsed in its company is not known.',
  ]);
  expect(judged(planned, started).messages).toEqual([
    'report (long-reader) left no record of its end: it was there for 3.20 s at most.',
  ]);
});

test('an actor whose step was never reached is not missing: the plan has failed before', () => {
  const run = runRecord({ outcome: 'step-failed', plan: [plannedStep('first'), plannedStep('alter')] });
  const steps = [
    ...stepWindow('first', 4900, 6000, { status: 'failed' }),
    {
      type: 'step-end',
      step: 'alter',
      tMs: 6000,
      status: 'skipped',
      attempts: 0,
      error: null,
      shown: {},
    } as const,
  ];
  const result = judgeEvidence(evidence({ run, steps, actors: [planned] }));
  expect(result.checks.find(({ id }) => id === 'actors')?.status).toBe('pass');
});

test('the record of the actors is asked for where the run could have had some', () => {
  const run = runRecord({ performances: [{ index: 1, scenario: 'company', repetition: 1 }] });
  const result = judgeEvidence(evidence({ run, actors: undefined }));
  expect(result.findings.map(({ message }) => message)).toEqual([
    "actors.ndjson is missing from the run's artifacts, and what they would show is not known.",
  ]);
});
