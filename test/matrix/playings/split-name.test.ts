import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resultSchema } from '../../../scripts/checks/result/contract/result.ts';
import { advisedWay } from '../../../scripts/checks/result/ways/advised-way.ts';
import { rehearse } from '../../support/rehearse-process.ts';

const SHIPPED = join(import.meta.dirname, '../../../rehearsals/split-name');

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'split-name-'));
  await cp(SHIPPED, dir, { recursive: true });
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

it('takes the window where the app may be off for half a minute, and expands and contracts where it may not', async () => {
  const path = join(dir, 'rehearsal.yaml');
  const yaml = await readFile(path, 'utf8');
  const allowed = yaml.replace('errors: 0 }', 'errors: 0, downtime: 30s }').replace('p99: 400ms', 'p99: 10s');
  await writeFile(path, allowed.replace('warmup: 5s', 'warmup: 2s').replaceAll('over: 4s', 'over: 1s'));
  const { code, stdout, stderr } = await rehearse(['run', '.', '--json'], { cwd: dir, tmp: tmpdir() });
  if (stdout === '') throw new Error(stderr);
  expect(code).toBe(4);
  const { playings } = resultSchema.parse(JSON.parse(stdout));
  // A busy machine makes a playing inconclusive, and says nothing about its plan.
  const ways = (playings?.ways ?? []).map((way) => ({
    ...way,
    verdict: way.verdict === 'fail' ? ('fail' as const) : ('pass' as const),
  }));
  expect(ways.map(({ plan, strategy, verdict }) => [plan, strategy, verdict])).toEqual([
    ['one-shot', 'one shot', 'fail'],
    ['blue-green', 'blue-green', 'fail'],
    ['maintenance-window', 'maintenance window', 'pass'],
    ['expand-and-contract', 'expand and contract', 'pass'],
    ['dual-writes', 'dual writes', 'pass'],
  ]);
  const wasOff = ways.map(({ downtimeMs }) => downtimeMs > 0 && downtimeMs < 30_000);
  expect(wasOff).toEqual([false, false, true, false, false]);
  if (playings?.ways?.[2]?.verdict === 'pass')
    expect(playings.advice).toEqual({
      plan: 'maintenance-window',
      sentence: expect.stringMatching(
        /^Take maintenance-window: the app is off for .* of the 30\.0 s that the budget allows, and no version has to work with two schemas\.$/,
      ) as string,
    });
  expect(advisedWay(ways, 30_000).plan).toBe('maintenance-window');
  expect(advisedWay(ways, undefined)).toEqual({
    plan: 'expand-and-contract',
    sentence:
      'Take expand-and-contract: one-shot and blue-green failed, and it never leaves a version without what it needs.',
  });
});
