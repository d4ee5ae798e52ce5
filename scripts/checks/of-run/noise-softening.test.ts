import { beforeAll, expect, test } from 'vitest';
import type { NoiseRecord } from '../../artifacts/records/noise-record.ts';
import { loadAdvice } from '../advice.ts';
import { analyse } from '../analysis/analyse.ts';
import { evidence, runRecord, stepWindow } from '../evidence/evidence-fixture.ts';
import { knownLimits } from '../limits/known-limits.ts';
import { runChecks } from '../run-checks.ts';

beforeAll(loadAdvice);

function second(atMs: number, foreignShare: number, more: Partial<NoiseRecord> = {}): NoiseRecord {
  return {
    type: 'second',
    tMs: atMs,
    forMs: 1000,
    hosts: ['driver', 'primary'],
    busyShare: 1,
    stealShare: 0,
    foreignShare,
    cpuPressureShare: 0.9,
    ioPressureShare: 0,
    ...more,
  } as NoiseRecord;
}

/** A step of two seconds that may last one. */
function judged(noise?: readonly NoiseRecord[]): { status: string; message: string; limits: string[] } {
  const run = runRecord({ budgets: { stepDurationMs: 1000 } });
  const analysis = analyse(evidence({ run, steps: [...stepWindow('alter', 5000, 7000)], noise }));
  const { findings } = runChecks(analysis);
  const found = findings.find(({ finding }) => finding.check === 'stepDuration')?.finding;
  const limits = knownLimits(analysis).filter((limit) => /processor/.test(limit));
  return { status: found?.status ?? '', message: found?.message ?? '', limits };
}

test('what took too long while others had the machine is inconclusive, with their share', () => {
  const { status, message, limits } = judged([second(6000, 0.6), second(7000, 0.7)]);
  expect(status).toBe('inconclusive');
  expect(message).toContain(
    "Meanwhile other processes took 65 % of the processor time of driver and primary, so it is not known to be the plan's doing.",
  );
  expect(limits).toEqual([
    "The machine was not the rehearsal's own: in 2 of 2 seconds other processes took 65 % of the processor time of driver and primary, and next to nothing was idle. Durations and latencies are longer for that.",
  ]);
});

test('so it is while the machine itself was given to other guests', () => {
  const stolen = { busyShare: 0.5, stealShare: 0.5 };
  expect(judged([second(6000, 0, stolen), second(7000, 0, stolen)]).message).toContain(
    'Meanwhile other guests of the machine below took 50 % (steal)',
  );
});

test('so it is while others have the machine of a further driver host, which is named', () => {
  const alone = { hosts: ['driver-2'] };
  const calm = [second(6000, 0), second(7000, 0)];
  const { status, message } = judged([...calm, second(6001, 0.8, alone), second(7001, 0.8, alone)]);
  expect([status, message]).toEqual([
    'inconclusive',
    expect.stringContaining('other processes took 80 % of the processor time of driver-2,'),
  ]);
});

test.each<[string, NoiseRecord[] | undefined]>([
  ['nobody looked', undefined],
  ['others took a trifle', [second(6000, 0.1), second(7000, 0.1)]],
  [
    'there was enough for all',
    [second(6000, 0.5, { busyShare: 0.8 }), second(7000, 0.5, { busyShare: 0.8 })],
  ],
  ['others came at another time', [second(2000, 0.9), second(9500, 0.9)]],
])('it is a failure where %s', (_, noise) => {
  expect(judged(noise).status).toBe('fail');
});

test('a host that nobody could look at is told, and judges nothing', () => {
  const { status, limits } = judged([{ type: 'unseen', tMs: 9, host: 'standby', why: 'permission denied' }]);
  expect([status, limits]).toEqual([
    'fail',
    ["Whether others took the processors of the standby's host is not known: permission denied."],
  ]);
});
