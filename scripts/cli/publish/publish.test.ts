import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { failingResult } from '../../../test/report/sample-failures.ts';
import { runCli, type CliRun } from '../../../test/support/cli.ts';

const { runId, rehearsal, startedAt, endedAt } = failingResult();
let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'cli-publish-'));
  await write(`runs/${runId}/result.json`, failingResult());
  await write(`runs/${runId}/artifacts/run.json`, {
    runId,
    rehearsal,
    startedAt,
    endedAt,
    target: 'embedded',
    toolVersion: '0.1.0',
    planSha256: 'p',
    outcome: 'completed',
    problem: null,
  });
});
afterEach(() => rm(cwd, { recursive: true }));

async function write(path: string, document: unknown): Promise<void> {
  await mkdir(join(cwd, path, '..'), { recursive: true });
  await writeFile(join(cwd, path), typeof document === 'string' ? document : JSON.stringify(document));
}

const publish = (...args: string[]): Promise<CliRun> => runCli(['publish', ...args], { cwd });

test('the last run is told, with the notes that reviewers keep with it and paths as the repository has them', async () => {
  await mkdir(join(cwd, '.git'));
  await write(`rehearsals/${rehearsal}/rehearsal.yaml`, 'version: 1');
  const noted = await runCli(['note', runId, 'accepted: *small* table', '--by', 'ann'], { cwd });
  expect(noted).toEqual({ code: 0, stdout: `noted with ${runId}\n`, stderr: '' });
  const { code, stdout, stderr } = await publish('--to', 'github-pr', '--dry-run');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('> **ann**: accepted: \\*small\\* table');
  expect(stdout).toContain(`rehearsals/${rehearsal}/`);
  expect(stdout).toContain('There is no earlier run of this plan that passed');
});

test('a file goes into the run folder, or where it is asked for', async () => {
  expect((await publish('--to', 'sarif', 'code-quality')).code).toBe(0);
  expect(await readFile(join(cwd, 'runs', runId, 'rehearsal.sarif'), 'utf8')).toContain('"2.1.0"');
  await publish(runId, '--to', 'sarif', '--file', 'x.sarif');
  expect(await readFile(join(cwd, 'x.sarif'), 'utf8')).toContain('"2.1.0"');
});

test.each([
  [['--to', 'gihub-pr'], '--to gihub-pr: no such place'],
  [['--to', 'sarif', 'annotations', '--file', 'x'], '--file is for one place, and --to names several'],
  [['nope', '--to', 'sarif'], 'there is no run nope'],
  [[], "required option '--to <place...>' not specified"],
  [['--to', 'step-summary'], 'GITHUB_STEP_SUMMARY is not set'],
])('%j is one clear message', async (args, message) => {
  const { code, stdout, stderr } = await publish(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(message);
});

test('a result that was tampered with is not published', async () => {
  await write(`runs/${runId}/result.json`, '{"verdict":"pass"}');
  expect((await publish(runId, '--to', 'annotations')).stderr).toContain('is not the result of a run');
});

test('a note appears in the reports of the run, and nothing in it is markup', async () => {
  await runCli(['note', runId, 'accepted <b>because</b> it is small', '--by', 'ann'], { cwd });
  await runCli(['note', runId, 'and I agree', '--by', 'bob'], { cwd });
  const html = await readFile(join(cwd, 'runs', runId, 'report.html'), 'utf8');
  expect(html).toContain('accepted &lt;b>because&lt;/b> it is small');
  expect(html.indexOf('and I agree')).toBeGreaterThan(html.indexOf('What reviewers wrote'));
  expect(await readFile(join(cwd, 'runs', runId, 'report.md'), 'utf8')).toContain('- bob: and I agree');
});

test('a note without a word is refused', async () => {
  expect((await runCli(['note', runId, '  '], { cwd })).stderr).toContain('a note has 1 to 2000 characters');
});
