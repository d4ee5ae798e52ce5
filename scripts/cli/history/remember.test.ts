import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { passingResult } from '../../../test/report/sample-result.ts';
import type { CliContext } from '../context.ts';
import { remember } from './remember.ts';

let dir = '';
beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'remember-'))));
afterEach(() => rm(dir, { recursive: true }));

/** An ended run that passed, as its folder is when the history is told of it. */
async function ended(runId: string, day: number, planSha256: string): Promise<string> {
  const path = join(dir, runId);
  await mkdir(join(path, 'artifacts'), { recursive: true });
  const at = `2026-11-${day}T02:14:07.000Z`;
  const { rehearsal, target } = passingResult();
  const record = { runId, rehearsal, target, toolVersion: '0.1.0', planSha256, startedAt: at, endedAt: at };
  const rest = { outcome: 'completed', problem: null, budgets: {} };
  await writeFile(join(path, 'artifacts/run.json'), JSON.stringify({ ...record, ...rest }));
  await writeFile(join(path, 'result.json'), JSON.stringify(passingResult({ runId, startedAt: at })));
  const told: string[] = [];
  const out = { note: (line: string) => told.push(line) } as unknown as CliContext['out'];
  await remember(path, { io: { env: {} } as CliContext['io'], out });
  expect(told).toEqual([]);
  return path;
}

test('the report of a run tells what differs from the last good run of the same plan, figure by figure', async () => {
  const first = await ended('a-1', 20, 'p');
  expect(existsSync(join(first, 'compared.json'))).toBe(false);
  const other = await ended('a-2', 21, 'another');
  expect(existsSync(join(other, 'compared.json'))).toBe(false);
  const last = await ended('a-3', 22, 'p');
  expect(JSON.parse(await readFile(join(last, 'compared.json'), 'utf8'))).toMatchObject({ runId: 'a-1' });
  const html = await readFile(join(last, 'report.html'), 'utf8');
  expect(html).toContain('<h2>Against the last good run</h2>');
  expect(html).toContain('a-1, 20 Nov 2026 02:14 UTC, of any branch');
});
