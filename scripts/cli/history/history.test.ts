import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { figure, nightOf } from '../../history/compare/nights.fixture.ts';
import { appendHistory, readHistory } from '../../history/lines/history-file.ts';
import { runCli } from '../../../test/support/cli.ts';

let cwd = '';
let runs = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'cli-history-'));
  runs = join(cwd, 'runs');
  await runCli(['history', 'merge', cwd], { cwd }); // makes the folder
});
afterEach(() => rm(cwd, { recursive: true }));

async function nights(values: readonly number[], regressionPercent: number | null = null): Promise<void> {
  const lines = values.map((value, at) => nightOf(at, { regressionPercent, figures: [figure({ value })] }));
  await appendHistory(runs, lines);
}

test('diff without a word holds the last run against the last good one of the same plan', async () => {
  await nights([...Array<number>(10).fill(1000), 1500]);
  const { code, stdout, stderr } = await runCli(['diff'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(
    [
      'before  demo-0009  pass  0 ms',
      'after   demo-0010  pass  0 ms',
      '',
      'FIGURE         BEFORE  AFTER   CHANGE         SMALLEST CHANGE THAT SHOWS',
      'Step step:add  1.00 s  1.50 s  +50 %   worse  135 ms (10 earlier runs)',
      '',
      'suspected (one night alone)  Step step:add: 1.50 s against the median of 8 earlier runs, 1.00 s, 50 % worse',
      '',
    ].join('\n'),
  );
});

test('a counted regression is exit 4, and JSON and HTML say the same', async () => {
  await nights([...Array<number>(10).fill(1000), 1500, 1500], 20);
  const { code, stdout } = await runCli(['diff', 'demo-0000', 'demo-0011', '--json', '--html', 'd.html'], {
    cwd,
  });
  expect(code).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    figures: [{ before: 1000, after: 1500, judgement: 'worse' }],
    regressions: [{ status: 'regressed', worsePercent: 50 }],
  });
  expect(await readFile(join(cwd, 'd.html'), 'utf8')).toContain('50 % worse');
});

test.each([
  [['diff'], 'there is no run in runs, and none in its history'],
  [['diff', '--rehearsal', 'x'], 'there is no run of x in runs'],
  [['diff', 'nope'], 'there is no run nope, neither as a folder nor in the history'],
  [['history', 'merge', 'nope'], 'nope is not there'],
  [['history', 'prune', '--keep-runs', '0'], '--keep-runs 0 is not a whole number of at least 1'],
])('%j is one clear message', async (argv, message) => {
  const { code, stdout, stderr } = await runCli(argv, { cwd });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

test('a run without a good one before it says so', async () => {
  await appendHistory(runs, [nightOf(0, { verdict: 'fail' })]);
  expect((await runCli(['diff'], { cwd })).stderr).toContain(
    'no earlier run of demo passed with the plan of demo-0000',
  );
});

test('merge says what was added, and what could not be read', async () => {
  await nights([1, 2]);
  const other = join(cwd, 'other');
  expect(
    (await runCli(['history', 'merge', 'runs/history.ndjson', '--out', other], { cwd })).stdout,
  ).toContain('2 lines added');
  expect((await readHistory(other)).runs).toHaveLength(2);
});

test('a pinned run stays pinned until it is let go', async () => {
  await nights([1]);
  await runCli(['history', 'pin', 'demo-0000'], { cwd });
  expect([...(await readHistory(runs)).pinned]).toEqual(['demo-0000']);
  await runCli(['history', 'unpin', 'demo-0000'], { cwd });
  expect([...(await readHistory(runs)).pinned]).toEqual([]);
});
