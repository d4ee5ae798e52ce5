import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appendHistory, readHistory } from '../lines/history-file.ts';
import { outdated, type FolderFacts } from './choose.ts';
import { pruneRuns } from './prune.ts';
import type { DeadRuns } from './run-folders.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-06-01T00:00:00Z');

function folder(daysAgo: number, rest: Partial<FolderFacts> = {}): FolderFacts {
  const startedAt = new Date(NOW - daysAgo * DAY_MS).toISOString();
  return { runId: `demo-${daysAgo}`, rehearsal: 'demo', startedAt, passed: false, isDead: false, ...rest };
}

function going(
  folders: FolderFacts[],
  rule: { runs: number; days: number },
  pinned: string[] = [],
): string[] {
  return outdated(folders, new Set(pinned), rule, NOW).map(({ runId }) => runId);
}

test('the newest runs stay, those beyond their number and those beyond their age go', () => {
  const folders = [folder(0), folder(1), folder(2), folder(100)];
  expect(going(folders, { runs: 2, days: 90 })).toEqual(['demo-2', 'demo-100']);
  expect(going(folders, { runs: 30, days: 90 })).toEqual(['demo-100']);
  expect(going(folders, { runs: Infinity, days: Infinity })).toEqual([]);
});

test('each rehearsal is counted by itself', () => {
  const folders = [
    folder(0),
    folder(1, { rehearsal: 'other' }),
    folder(2),
    folder(3, { rehearsal: 'other' }),
  ];
  expect(going(folders, { runs: 1, days: 90 })).toEqual(['demo-2', 'demo-3']);
});

test('what is pinned, the newest run and the last one that passed stay at any age', () => {
  const folders = [folder(200), folder(201), folder(202, { passed: true }), folder(203, { passed: true })];
  expect(going(folders, { runs: 1, days: 1 }, ['demo-201'])).toEqual(['demo-203']);
});

test('a killed run goes by the same rule, and takes no place of the last one that ended', () => {
  const dead = { isDead: true };
  const folders = [folder(0, dead), folder(1), folder(2, dead), folder(3), folder(100, dead)];
  expect(going(folders, { runs: 1, days: 90 })).toEqual(['demo-2', 'demo-3', 'demo-100']);
  expect(going(folders, { runs: 30, days: 90 })).toEqual(['demo-100']);
  expect(going([folder(100, dead)], { runs: 30, days: 90 })).toEqual(['demo-100']);
});

const NOBODY_DIED: DeadRuns = {
  deadRunOf: () => Promise.resolve(undefined),
  remove: () => expect.unreachable(),
};

let dir = '';
beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'keep-'))));
afterEach(() => rm(dir, { recursive: true }));

async function runFolder(name: string, rest: Record<string, unknown> = {}): Promise<void> {
  const record = {
    runId: name,
    rehearsal: 'demo',
    target: 'embedded',
    toolVersion: '1',
    planSha256: 'p',
    startedAt: `2026-01-0${name.at(-1) ?? ''}T00:00:00.000Z`,
    endedAt: '2026-02-01T00:00:00.000Z',
    outcome: 'error',
    problem: 'no server',
    seal: { files: [], sha256: 'a'.repeat(64) },
    ...rest,
  };
  await mkdir(join(dir, name, 'artifacts'), { recursive: true });
  await writeFile(join(dir, name, 'artifacts', 'run.json'), JSON.stringify(record));
}

test('only folders of ended runs go, and only when it is asked for; the history keeps their lines', async () => {
  for (const name of ['r1', 'r2', 'r3']) await runFolder(name);
  await runFolder('going-on-1', { endedAt: null, seal: undefined });
  await runFolder('renamed-2', { runId: 'r9' });
  await mkdir(join(dir, 'mine-3'));
  await symlink(join(dir, 'r1'), join(dir, 'link-4'));
  await appendHistory(dir, []);
  const pruning = { rule: { runs: 1, days: 9999 }, dead: NOBODY_DIED, nowMs: NOW };
  const others = ['going-on-1', 'link-4', 'mine-3', 'renamed-2'];
  const before = await readdir(dir);

  expect(await pruneRuns(dir, { ...pruning, execute: false })).toEqual({
    removed: ['r2', 'r1'],
    failures: [],
    others,
  });
  expect(await readdir(dir)).toEqual(before);

  expect(await pruneRuns(dir, { ...pruning, execute: true })).toEqual({
    removed: ['r2', 'r1'],
    failures: [],
    others,
  });
  expect(await readdir(dir)).toEqual([...others, 'history.ndjson', 'r3'].sort());
  const { runs } = await readHistory(dir);
  expect(runs.map(({ runId, verdict, headline }) => [runId, verdict, headline])).toEqual([
    ['r1', null, 'no server'],
    ['r2', null, 'no server'],
  ]);
});
