import { beforeAll, expect, test } from 'vitest';
import type { CommandStatementRecord, StepEvent } from '../../artifacts/records/records.ts';
import { commandAdvice } from '../advice/command-advice.ts';
import { loadAdvice } from '../advice.ts';
import { analyse } from '../analysis/analyse.ts';
import { evidence, plannedStep, runRecord } from '../evidence/evidence-fixture.ts';
import { stepResults } from '../result/step-results.ts';
import { commandLimits, overriddenByCommands } from './command-settings.ts';

beforeAll(loadAdvice);

const sent = (sql: string, more: Partial<CommandStatementRecord> = {}): StepEvent => ({
  type: 'command-statement',
  step: 'migrate',
  pid: 7,
  tMs: 2,
  sentMs: 1,
  sql,
  command: 'SET',
  error: null,
  ...more,
});

function analysed(sessions: { unread: number; isWhole: boolean }, ...events: StepEvent[]) {
  const plan = [plannedStep('migrate', { kind: 'command', lockTimeoutMs: 5000 })];
  const steps: StepEvent[] = [
    { type: 'step-start', step: 'migrate', tMs: 0 },
    ...events,
    { type: 'command-sessions', step: 'migrate', tMs: 3, sessions: 3, ...sessions },
    { type: 'step-end', step: 'migrate', tMs: 4, status: 'ok', attempts: 1, error: null, shown: {} },
  ];
  return analyse(evidence({ run: runRecord({ plan }), steps, waits: [], locks: [] }));
}

test('what a command set and was told stands in its step, and a setting that won over the step’s is a limit', () => {
  const notices = [{ severity: 'NOTICE', sqlstate: '00000', message: 'm', count: 1 }] as const;
  const analysis = analysed(
    { unread: 0, isWhole: true },
    sent("set lock_timeout = '2s'"),
    sent("set statement_timeout = '9s'", { error: { sqlstate: '22023', message: 'no' } }),
    sent('create table if not exists t ()', { notices }),
  );
  expect(stepResults(analysis)[0]?.outside).toMatchObject({
    settings: [{ name: 'lock_timeout', value: '2s' }],
    told: [
      { sql: "set statement_timeout = '9s'", error: { sqlstate: '22023', message: 'no' } },
      { sql: 'create table if not exists t ()', error: null, notices },
    ],
  });
  expect(overriddenByCommands(analysis)).toEqual([
    "Step 1 migrate: the command sets lock_timeout to 2s by itself, so the step's lockTimeout of 5s was not in force behind it.",
  ]);
});

test('what could not be read of a command is a limit', () => {
  const known =
    'Which statements of 1 command step held a lock, rewrote a table or read a whole one is known by what was seen from outside while they ran, and the WAL of each is not; as sql steps they are measured one by one.';
  const unknown =
    'what CASCADE took along there, what IF [NOT] EXISTS skipped, what the server said and which timeouts it set is not known.';
  expect(commandLimits(analysed({ unread: 0, isWhole: true }))).toEqual([known]);
  expect(commandLimits(analysed({ unread: 1, isWhole: true }))).toEqual([
    `Step 1 migrate: 1 session of the command could not be read, as where it is encrypted: ${unknown}`,
    known,
  ]);
  expect(commandLimits(analysed({ unread: 0, isWhole: false }))[0]).toBe(
    `Step 1 migrate: the command sent more than was kept: ${unknown}`,
  );
});

test('a command that stops the app is advised a lock_timeout only where it waited without one', () => {
  const of = (...events: StepEvent[]): string => {
    const analysis = analysed({ unread: 0, isWhole: true }, ...events);
    const [step] = analysis.steps;
    if (step === undefined) throw new Error('no step was analysed');
    return commandAdvice(step.run, analysis);
  };
  const inForce = /^A lock_timeout of (\w+) was in force: it ends a wait in the queue and no hold\./;
  expect(inForce.exec(of())?.[1]).toBe('5s');
  expect(inForce.exec(of(sent("set lock_timeout = '2s'"), sent("set lock_timeout = '300ms'")))?.[1]).toBe(
    '2s',
  );
  expect(of(sent('set lock_timeout = 0'))).toMatch(/^Let the migration tool set lock_timeout, or write/);
});
