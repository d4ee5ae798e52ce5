import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Result } from '../../scripts/checks/result/contract/result.ts';
import { rehearse } from '../support/rehearse-process.ts';
import { toldBy, type Told } from './told.ts';

const CHECKOUT = join(import.meta.dirname, '..', '..');
const SHIPPED = join(CHECKOUT, 'rehearsals');
const REPEAT = Math.max(1, Number(process.env['REHEARSE_REPEAT'] ?? 1));
const TIERS = ['uprobes', 'server-log'] as const;

let tmp = '';
const table: string[] = [];

beforeAll(async () => {
  tmp = await mkdtemp(join(tmpdir(), 'verdicts-'));
});
afterAll(async () => {
  process.stderr.write(`${table.join('\n')}\n`);
  await rm(tmp, { recursive: true });
});

/** What one playing told, and of which scenario or plan it was. */
interface Playing {
  readonly scenario: string;
  readonly told: Told;
}

/** Each playing of a rehearsal on a tier, in its order. */
async function played(name: string, tier: (typeof TIERS)[number]): Promise<Playing[]> {
  const out = join(tmp, name, tier);
  const { stdout, stderr } = await rehearse(
    ['run', join(SHIPPED, name), '--repeat', String(REPEAT), '--out', out, '--json'],
    { cwd: CHECKOUT, tmp, env: { REHEARSE_WAITS: tier } },
  );
  expect(stdout, stderr.slice(-2000)).not.toBe('');
  const result = JSON.parse(stdout) as Result;
  expect(result.waits?.tier, `${name} did not keep to the tier; ${result.waits?.note ?? ''}`).toBe(tier);
  const all = await resultsOf(result, join(out, result.runId));
  for (const [at, one] of all.entries()) {
    const told = toldBy(one);
    table.push([name, tier, at + 1, told.verdict, told.sqlstates.join(' '), told.stopped].join('  '));
    if (told.verdict === 'inconclusive') table.push(`    ${one.headline}`);
  }
  return all.map((one) => ({ scenario: one.playing?.scenario ?? '', told: toldBy(one) }));
}

async function resultsOf(result: Result, folder: string): Promise<Result[]> {
  if (result.playings == null) return [result];
  return Promise.all(
    result.playings.played.map(
      async ({ path }) => JSON.parse(await readFile(join(folder, path, 'result.json'), 'utf8')) as Result,
    ),
  );
}

const names = (await readdir(SHIPPED, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test.each(names)('%s tells the same each time and on each tier', async (name) => {
  const all: Playing[] = [];
  for (const tier of TIERS) all.push(...(await played(name, tier)));
  const first = new Map(all.toReversed().map((one) => [one.scenario, one]));
  expect(all).toEqual(all.map(({ scenario }) => first.get(scenario)));
});
