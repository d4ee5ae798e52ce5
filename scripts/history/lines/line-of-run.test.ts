import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Result } from '../../checks/result/contract/result.ts';
import { passingResult } from '../../../test/report/sample-result.ts';
import { lineOfRun } from './line-of-run.ts';

let dir = '';
beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'line-'))));
afterEach(() => rm(dir, { recursive: true }));

async function write(path: string, document: unknown): Promise<void> {
  await mkdir(join(dir, path, '..'), { recursive: true });
  await writeFile(join(dir, path), JSON.stringify(document));
}

const record = {
  runId: 'split-1',
  rehearsal: 'split',
  target: 'embedded',
  toolVersion: '0.1.0',
  planSha256: 'p',
  startedAt: '2026-11-22T02:14:07.000Z',
  endedAt: '2026-11-22T02:18:19.000Z',
  outcome: 'completed',
  problem: null,
  budgets: { lockWaitMs: 500, regressionPercent: 20 },
};

test('a run says what it was rehearsed with, and each figure beside its budget', async () => {
  await write('artifacts/run.json', record);
  await write('result.json', passingResult());
  const line = await lineOfRun(dir, 'Xeon');
  expect(line).toMatchObject({
    kind: 'run',
    runId: 'split-1',
    verdict: 'pass',
    regressionPercent: 20,
    planSha256: 'p',
    snapshot: { bytes: 6_657_199_308, rows: 8_000_000 },
    machine: { name: null, class: 'embedded · 2 CPU, 8 GiB, Linux 6.1 · Xeon' },
    settings: { shared_buffers: '1GB', max_wal_size: '4GB', fsync: 'on' },
  });
  const wait = line?.figures.find(({ id }) => id === 'lockWait');
  expect(wait).toMatchObject({ scenario: 'quiet', budget: 500, unit: 'ms', better: 'lower' });
  expect(line?.figures.filter(({ id }) => id === 'step:deploy-dual')).toEqual([]);
  expect(line?.figures.find(({ id }) => id === 'step:add-column')?.unit).toBe('ms');
});

test('of several playings each figure has all values, and their median stands for the run', async () => {
  const played = [1, 2, 3].map((index) => ({
    index,
    scenario: 'dump',
    repetition: index,
    verdict: 'pass' as const,
    path: `playings/${index}`,
  }));
  const whole: Result = passingResult({ playings: { shown: 1, scenarios: [], played } });
  await write('artifacts/run.json', record);
  await write('result.json', whole);
  for (const { index } of played) {
    const steps = whole.steps.map((step) => ({ ...step, durationMs: 100 * index ** 2 }));
    const playing = { index, of: 3, scenario: 'dump', repetition: index };
    await write(`playings/${index}/result.json`, passingResult({ playing, steps }));
  }
  const step = (await lineOfRun(dir, null))?.figures.find(({ id }) => id === 'step:add-column');
  expect(step).toMatchObject({ scenario: 'dump', value: 400, values: [100, 400, 900] });
});

test('several plans of one run are told apart', async () => {
  const played = ['naive', 'safe'].map((plan, at) => ({
    index: at + 1,
    plan,
    scenario: 'quiet',
    repetition: 1,
    verdict: 'pass' as const,
    path: `playings/${at + 1}`,
  }));
  await write('artifacts/run.json', record);
  await write('result.json', passingResult({ playings: { shown: 1, scenarios: [], played } }));
  for (const { index, plan } of played) {
    const playing = { index, of: 2, scenario: 'quiet', repetition: 1, plan };
    await write(`playings/${index}/result.json`, passingResult({ playing }));
  }
  const steps = (await lineOfRun(dir, null))?.figures.filter(({ id }) => id === 'step:add-column');
  expect(steps?.map(({ scenario, values }) => [scenario, values.length])).toEqual([
    ['naive, quiet', 1],
    ['safe, quiet', 1],
  ]);
});

test('a run that could not be judged has a line that says why, and one that goes on has none', async () => {
  await write('artifacts/run.json', { ...record, outcome: 'error', problem: 'the server died' });
  expect(await lineOfRun(dir, null)).toMatchObject({
    verdict: null,
    headline: 'the server died',
    figures: [],
  });
  await write('artifacts/run.json', { ...record, endedAt: null });
  expect(await lineOfRun(dir, null)).toBeUndefined();
});
