import { expect, test } from 'vitest';
import type { EnvironmentRecord } from '../../artifacts/records/records.ts';
import { evidence, runRecord } from '../evidence/evidence-fixture.ts';
import { judgeEvidence } from '../judge.ts';
import { combinedResult } from './combine-playings.ts';
import { resultSchema, type Result } from './contract/result.ts';

const old = evidence().environment;

/** Three hosts whose making began 2 s before the clock of the run did. */
const THREE: Partial<EnvironmentRecord> = {
  target: 'local',
  startedAt: '2026-11-22T02:14:05.000Z',
  endedAt: '2026-11-22T02:15:17.000Z',
  hosts: 3,
  hostInfo: [
    { role: 'primary', address: '10.89.7.10', cpus: 2, memoryBytes: 4 * 1024 ** 3 },
    { role: 'standby', address: '10.89.7.11' },
    { role: 'driver', address: '10.89.7.20' },
  ],
  created: { host: 3, network: 1 },
  engine: 'Pulumi 3.259.0',
};

function judged(environment: Partial<EnvironmentRecord>): Result {
  return resultSchema.parse(judgeEvidence(evidence(old ? { environment: { ...old, ...environment } } : {})));
}

test('what was made, how long each part took, and what it cost follow from the records', () => {
  const price = { amountPerHour: 0.09, currency: 'USD' };
  expect(judged({ ...THREE, price }).environment).toMatchObject({
    hosts: 3,
    created: { host: 3, network: 1 },
    engine: 'Pulumi 3.259.0',
    keptUntil: null,
    hostInfo: [
      { role: 'primary', address: '10.89.7.10', cpus: 2, memoryBytes: 4 * 1024 ** 3 },
      { role: 'standby', address: '10.89.7.11', cpus: null, memoryBytes: null },
      { role: 'driver', address: '10.89.7.20', cpus: null, memoryBytes: null },
    ],
    // The first step began 4.9 s after the clock; the load ended at 8 s, and 62 s later all was gone.
    firstStatementMs: 6900,
    emptyMs: 62_000,
    hours: 0.06,
    cost: { amount: 0.0018, currency: 'USD' },
    leftovers: 0,
    left: [],
  });
});

test('a bill is rounded up to what a cloud counts in, and never below its least amount', () => {
  const priced = (minimumAmount: number) => {
    const billing = { unitMs: 60_000, minimumMs: 60_000, minimumAmount };
    return judged({ ...THREE, price: { amountPerHour: 0.9, currency: 'USD', billing } }).environment.cost;
  };
  expect(priced(0.01)).toEqual({ amount: 0.03, currency: 'USD' });
  expect(priced(0.05)).toEqual({ amount: 0.05, currency: 'USD' });
});

test('what was ordered in another place before, and taken back, is in the cost', () => {
  const price = { amountPerHour: 0.9, currency: 'USD', spentBefore: 0.2 };
  const without = judged({ ...THREE, price: { amountPerHour: 0.9, currency: 'USD' } }).environment.cost;
  const { cost } = judged({ ...THREE, price }).environment;
  expect(cost?.amount).toBeCloseTo(0.2 + (without?.amount ?? NaN));
});

test('a run began when the making of its hosts did, not with the clock of its driver', () => {
  const startedAt = THREE.startedAt ?? '';
  expect(judged(THREE)).toMatchObject({ startedAt });
  expect(judged({}).startedAt).not.toBe(startedAt);
});

test('what it took around several playings is told of the first and the last one, and of the run', () => {
  const playings = [1, 2].map((index) => ({ index, scenario: 'quiet', repetition: index }));
  const run = runRecord({ playings });
  // The second one's clock began five minutes behind the first one's.
  const startedAt = ['2026-11-22T02:14:07.000Z', '2026-11-22T02:19:07.000Z'];
  const environment = { ...old, ...THREE, endedAt: '2026-11-22T02:20:17.000Z' } as EnvironmentRecord;
  const results = playings.map((planned, at) => {
    const own = {
      startedAt: startedAt[at] ?? '',
      endedAt: run.endedAt,
      outcome: 'completed',
      problem: null,
    } as const;
    const its = { run: { ...run, ...own }, playing: { ...planned, ...own }, environment };
    return judgeEvidence(evidence(its));
  });
  const paces = results.map(({ environment: { firstStatementMs, emptyMs } }) => [firstStatementMs, emptyMs]);
  expect(paces).toEqual([
    [6900, null],
    [null, 62_000],
  ]);
  const both = combinedResult(run, { results: new Map(results.map((result, at) => [at + 1, result])) });
  expect(both.environment).toMatchObject({ firstStatementMs: 6900, emptyMs: 62_000 });
});

test('a record of before these figures has what can be told without them', () => {
  expect(judged({}).environment).toMatchObject({
    hosts: 1,
    hostInfo: [],
    created: null,
    engine: null,
    left: [],
    keptUntil: null,
    cost: null,
    firstStatementMs: 4900,
    emptyMs: 52_000,
    hours: 0.016667,
    leftovers: 0,
  });
});

test('a run that has no end has no hours yet, and one that was not taken down is not empty', () => {
  const run = runRecord({ endedAt: null });
  const { environment } = judgeEvidence(evidence({ run }));
  expect(environment).toMatchObject({ emptyMs: null, hours: null, cost: null });
  expect(judged({ destroyMs: null }).environment.emptyMs).toBeNull();
});

test('an environment that was kept on purpose is not left behind, and was not swept', () => {
  const result = judged({ ...THREE, destroyMs: null, leftovers: 0, keptUntil: '2026-11-22T02:45:17.000Z' });
  expect(result.verdict).toBe('pass');
  expect(result.findings).toEqual([]);
  expect(result.checks.find(({ id }) => id === 'leftovers')).toMatchObject({
    status: 'pass',
    measured: null,
    title: 'The environment was kept up on purpose',
  });
  expect(result.environment).toMatchObject({
    keptUntil: '2026-11-22T02:45:17.000Z',
    leftovers: null,
    emptyMs: null,
  });
});

test('what is left behind is named with the command that removes it', () => {
  const result = judged({ ...THREE, leftovers: 1, left: ['network br-1'] });
  expect(result.findings.map(({ status, message, advice }) => [status, message, advice])).toEqual([
    [
      'warn',
      '1 thing of the run is left behind.',
      'rehearse reap --run sample-20261122-021407-9f3a --execute removes what is left.',
    ],
  ]);
  expect(result.environment.left).toEqual(['network br-1']);
});

test('a result of before these figures is still one', () => {
  const { environment, timeline, ...rest } = judged({});
  const { hosts, createMs, destroyMs, leftovers, price, postgresVersion, settings, machine } = environment;
  const older = {
    ...rest,
    standby: undefined,
    timeline: { ...timeline, lag: [{ tMs: 0, replayLagMs: 3 }] },
    environment: { hosts, createMs, destroyMs, leftovers, price, postgresVersion, settings, machine },
  };
  expect(resultSchema.parse(older)).toMatchObject({
    standby: null,
    environment: { hostInfo: [], created: null, keptUntil: null, hours: null },
  });
});
