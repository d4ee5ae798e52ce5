import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nightOf, runLine } from '../compare/nights.fixture.ts';
import { appendHistory, historyPath, parseHistory, readHistory } from './history-file.ts';
import type { NoteLine } from './history-line.ts';
import { mergeHistory } from './merge.ts';

let dir = '';
beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'history-'))));
afterEach(() => rm(dir, { recursive: true }));

const line = (document: unknown): string => `${JSON.stringify(document)}\n`;
const note: NoteLine = {
  schemaVersion: 1,
  kind: 'note',
  runId: 'demo-0001',
  at: '2026-01-03T00:00:00Z',
  by: 'ann',
  text: 'accepted',
};

test('a folder without a history has an empty one', async () => {
  expect(await readHistory(dir)).toEqual({ runs: [], notes: [], pinned: new Set(), problems: [] });
});

test('lines are added and those that stand there are never touched', async () => {
  await appendHistory(dir, [nightOf(1)]);
  const before = await readFile(historyPath(dir), 'utf8');
  await appendHistory(dir, [nightOf(0), note]);
  const after = await readFile(historyPath(dir), 'utf8');
  expect(after.startsWith(before)).toBe(true);
  const { runs, notes, problems } = await readHistory(dir);
  expect({ runs: runs.map(({ runId }) => runId), notes, problems }).toEqual({
    runs: ['demo-0000', 'demo-0001'],
    notes: [note],
    problems: [],
  });
});

test('a half line that a crash left is told and left out, and the next one does not grow onto it', async () => {
  await writeFile(historyPath(dir), line(nightOf(0)) + line(nightOf(1)).slice(0, 100));
  await appendHistory(dir, [nightOf(2)]);
  const { runs, problems } = await readHistory(dir);
  expect(runs.map(({ runId }) => runId)).toEqual(['demo-0000', 'demo-0002']);
  expect(problems).toEqual(['history.ndjson: line 2 cannot be read, cut off or damaged: left out']);
});

test('of lines of a newer version what is known is read, and the rest is told', () => {
  const newer = { ...runLine(), schemaVersion: 2, weather: 'fine' };
  const { runs, problems } = parseHistory(line(newer) + line({ schemaVersion: 3, kind: 'tide' }), 'h');
  expect(runs).toEqual([runLine()]);
  expect(problems).toEqual([
    'h: 2 lines written by a newer version: what is known here was read; 1 of them could not be read',
  ]);
});

test('the last word on a pin counts', () => {
  const pin = (pinned: boolean): string =>
    line({ schemaVersion: 1, kind: 'pin', runId: 'r', at: '2026-01-01T00:00:00Z', pinned });
  expect([...parseHistory(pin(true), 'h').pinned]).toEqual(['r']);
  expect([...parseHistory(pin(true) + pin(false), 'h').pinned]).toEqual([]);
});

test('many processes that add at the same moment lose no line', async () => {
  await Promise.all(Array.from({ length: 40 }, (_, night) => appendHistory(dir, [nightOf(night)])));
  const { runs, problems } = await readHistory(dir);
  expect({ runs: runs.length, problems }).toEqual({ runs: 40, problems: [] });
});

test('merging the same artifacts twice adds each run and each note once', async () => {
  await appendHistory(dir, [nightOf(0)]);
  const other = await mkdtemp(join(tmpdir(), 'history-'));
  await appendHistory(other, [nightOf(0), nightOf(1), note]);
  const file = historyPath(other);
  expect(await mergeHistory(dir, [file])).toEqual({ added: 2, known: 1, problems: [] });
  expect(await mergeHistory(dir, [file, other])).toEqual({ added: 0, known: 6, problems: [] });
  expect((await readHistory(dir)).notes).toEqual([note]);
  await rm(other, { recursive: true });
});
