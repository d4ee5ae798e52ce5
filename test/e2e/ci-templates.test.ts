import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { afterEach, expect, test } from 'vitest';
import { fakeForge, GITHUB, GITLAB, type FakeForge } from '../support/servers/fake-forge.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

const ROOT = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');
/** Fails at once: the plan drops what the app reads. */
const PLAN = '  - { phase: contract, sql: sql/1.sql }';

let tiny: TinyRehearsal;
let forge: FakeForge;
afterEach(async () => {
  await forge.close();
  await tiny.remove();
});

interface Step {
  readonly id?: string;
  readonly run?: string;
  readonly env?: Record<string, string>;
}

async function workspace(): Promise<void> {
  tiny = await tinyRehearsal(PLAN, { 'sql/1.sql': 'alter table customers rename column name to full_name;' });
  await mkdir(join(tiny.dir, '.git'));
}

/** As a runner does: a shell of its own in the workspace, with nothing of ours in its environment. */
async function shell(script: string, env: Record<string, string>): Promise<{ code: number; stdout: string }> {
  const own = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', TMPDIR: tiny.tmp };
  const options = { cwd: tiny.dir, env: { ...own, NO_COLOR: '1', REHEARSE_TARGET: 'embedded', ...env } };
  try {
    const { stdout } = await promisify(execFile)('bash', ['-e', '-c', script], options);
    return { code: 0, stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, stdout };
  }
}

test('the action rehearses, comments, updates its comment, and ends as the run did or as fail-on says', async () => {
  await workspace();
  forge = await fakeForge(GITHUB);
  const { runs } = parse(await readFile(join(ROOT, 'action.yml'), 'utf8')) as { runs: { steps: Step[] } };
  const [rehearse, publish, finish] = runs.steps.filter(({ run }) => run !== undefined);
  const output = join(tiny.dir, 'output');
  const summary = join(tiny.dir, 'summary.md');
  await writeFile(output, '');
  const outputs = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await readFile(output, 'utf8'))
        .trim()
        .split('\n')
        .map((line) => line.split('=', 2)) as [string, string][],
    );
  const play = async ({ run = '', env = {} }: Step, inputs: Record<string, string>) => {
    const told = await outputs();
    const filled = Object.entries(env).map(([name, text]) => [
      name,
      text.replace(
        /\$\{\{ (\S+) \}\}/g,
        (_, key: string) => inputs[key] ?? told[key.replace('steps.rehearse.outputs.', '')] ?? '',
      ),
    ]);
    return shell(run, {
      GITHUB_ACTION_PATH: ROOT,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_API_URL: forge.url,
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_REF: 'refs/pull/7/merge',
      ...(Object.fromEntries(filled) as Record<string, string>),
    });
  };
  const inputs = {
    'inputs.dir': '.',
    'inputs.target': 'embedded',
    'inputs.comment': 'true',
    'inputs.token': 's3cret-token',
  };

  expect((await play(rehearse!, inputs)).code).toBe(0);
  expect(await outputs()).toMatchObject({
    'exit-code': '4',
    verdict: 'fail',
    path: expect.stringMatching(/^runs\/tiny-/) as string,
  });
  for (let time = 1; time <= 2; time++) {
    const { code, stdout } = await play(publish!, inputs);
    expect(code).toBe(0);
    expect(stdout).toContain('::error file=sql/1.sql,line=1,');
  }
  expect(forge.comments.map(({ body }) => body.split('\n')[0])).toEqual(['<!-- dress-rehearsal:tiny -->']);
  expect(forge.mistakes).toEqual([]);
  expect(await readFile(summary, 'utf8')).toContain('## FAIL: tiny');
  for (const [failOn, code] of [
    ['inconclusive', 4],
    ['fail', 4],
    ['never', 0],
    ['typo', 2],
  ] as const)
    expect((await play(finish!, { 'inputs.fail-on': failOn })).code).toBe(code);
  // A plan that lists its steps has nothing to do with a git ref, and says so.
  await play(rehearse!, { ...inputs, 'inputs.since': 'origin/main' });
  expect(await outputs()).toMatchObject({ 'exit-code': '2', path: '' });
});

test('the GitLab template rehearses, notes, writes its reports, and ends as the run did', async () => {
  await workspace();
  forge = await fakeForge(GITLAB);
  const template = parse(await readFile(join(ROOT, 'ci-templates/gitlab.yml'), 'utf8')) as {
    '.rehearse': { script: string[] };
  };
  const { code } = await shell(template['.rehearse'].script.join('\n'), {
    REHEARSE: `node ${ROOT}/scripts/setup/rehearse.mjs`,
    REHEARSAL: '.',
    CI_JOB_URL: 'https://gitlab.example/job/1',
    CI_API_V4_URL: forge.url,
    CI_PROJECT_ID: '42',
    CI_MERGE_REQUEST_IID: '7',
    GITLAB_TOKEN: 's3cret-token',
  });
  expect(code).toBe(4);
  expect(forge.mistakes).toEqual([]);
  expect(forge.comments[0]?.body).toContain('[report](<https://gitlab.example/job/1/artifacts/browse/runs>)');
  const report = JSON.parse(await readFile(join(tiny.dir, 'gl-code-quality-report.json'), 'utf8')) as {
    location: { path: string };
  }[];
  expect(report[0]?.location.path).toBe('sql/1.sql');
});
