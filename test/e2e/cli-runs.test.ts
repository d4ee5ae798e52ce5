import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ownClaim } from '../../infra/claims/claim.ts';
import { makeClaimedFolder } from '../../infra/claims/claimed-folder.ts';
import { identityOf, type ProcessIdentity } from '../../infra/process-identity.ts';
import { RUN_DIR_CLAIM } from '../../infra/targets/embedded/owner-file.ts';
import { runDirOf } from '../../infra/targets/embedded/run-dir.ts';
import { runCli, type CliRun } from '../support/cli.ts';

const SOON = new Date(Date.now() + 3_600_000).toISOString();
const NOBODY: ProcessIdentity = { pid: 2 ** 22 + 1, startTime: '1' };

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'rehearse-runs-'));
});
beforeEach(async () => {
  // A temporary folder of our own: the runs of others are neither seen nor touched.
  const own = await mkdtemp(join(cwd, 'tmp-'));
  vi.stubEnv('TMPDIR', own);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(cwd, { recursive: true });
});

/** What a run of that controller has in the temporary folder. */
async function hostOf(runId: string, controller: ProcessIdentity): Promise<string> {
  const dir = runDirOf(runId);
  const claim = { ...(await ownClaim({ runId, expiresAt: SOON })), controller };
  const sharedMemory = { segments: [], files: [] };
  makeClaimedFolder(dir.path, RUN_DIR_CLAIM, { ...claim, servers: [], sharedMemory });
  return dir.path;
}

/** What reap says, but for what others have on this machine that only looks like ours. */
async function reap(...args: string[]): Promise<CliRun> {
  const run = await runCli(['reap', ...args], { cwd });
  const lines = run.stdout.split('\n').filter((line) => !line.startsWith('not ours') || line.includes(cwd));
  return { ...run, stdout: lines.join('\n') };
}

async function runFolder(runId: string, files: Record<string, unknown>): Promise<void> {
  await mkdir(join(cwd, 'runs', runId, 'artifacts'), { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(join(cwd, 'runs', runId, name), text);
  }
}

test('list shows the runs newest first, also those that never got a verdict', async () => {
  const common = { rehearsal: 'demo', target: 'embedded', problem: null };
  await runFolder('demo-20261120-010000-aaaa', {
    'result.json': {
      ...common,
      runId: 'demo-20261120-010000-aaaa',
      startedAt: '2026-11-20T01:00:00.000Z',
      endedAt: '2026-11-20T01:04:12.000Z',
      outcome: 'completed',
      verdict: 'fail',
      findings: [{ message: '4 set-not-null stopped the app for 2.19 s' }, { message: 'less' }],
    },
  });
  const dead = { ...common, startedAt: '2026-11-21T01:00:00.000Z', endedAt: null, outcome: 'running' };
  await runFolder('demo-20261121-010000-bbbb', {
    'artifacts/run.json': { ...dead, runId: 'demo-20261121-010000-bbbb' },
    'result.json': '{ "cut": ',
  });
  await runFolder('not-a-run', { 'notes.txt': 'nothing' });
  expect(await runCli(['list'], { cwd })).toEqual({
    code: 0,
    stdout: [
      'RUN                        VERDICT     DURATION    WORST FINDING',
      'demo-20261121-010000-bbbb  unfinished  –',
      'demo-20261120-010000-aaaa  fail        4 min 12 s  4 set-not-null stopped the app for 2.19 s\n',
    ].join('\n'),
    stderr: '',
  });
  const json = await runCli(['list', '--json'], { cwd });
  expect(JSON.parse(json.stdout)).toEqual({
    schemaVersion: 1,
    runs: [
      {
        runId: 'demo-20261121-010000-bbbb',
        path: 'runs/demo-20261121-010000-bbbb',
        rehearsal: 'demo',
        target: 'embedded',
        startedAt: '2026-11-21T01:00:00.000Z',
        durationMs: null,
        verdict: null,
        outcome: 'running',
        worstFinding: null,
      },
      {
        runId: 'demo-20261120-010000-aaaa',
        path: 'runs/demo-20261120-010000-aaaa',
        rehearsal: 'demo',
        target: 'embedded',
        startedAt: '2026-11-20T01:00:00.000Z',
        durationMs: 252_000,
        verdict: 'fail',
        outcome: 'completed',
        worstFinding: '4 set-not-null stopped the app for 2.19 s',
      },
    ],
    alive: [],
  });
});

test('a folder without runs is an empty list', async () => {
  expect(await runCli(['list', '--out', 'nowhere'], { cwd })).toEqual({
    code: 0,
    stdout: '',
    stderr: 'no runs in nowhere; rehearse run makes one\n',
  });
});

test('reap shows what a dead run left, removes it with --execute, and leaves what is in use', async () => {
  const self = await identityOf(process.pid);
  const dead = await hostOf('demo-20261120-010000-dead', NOBODY);
  const live = await hostOf('demo-20261120-020000-beef', self ?? NOBODY);
  const listed = await runCli(['list', '--out', 'nowhere'], { cwd });
  expect(listed.stdout.trimEnd().split('\n')).toEqual([
    `alive  demo-20261120-010000-dead  embedded  folder ${dead}  (left behind; rehearse reap --execute removes it)`,
    `alive  demo-20261120-020000-beef  embedded  folder ${live}  (in use, until ${SOON} at most)`,
  ]);
  expect(await reap()).toEqual({
    code: 6,
    stdout:
      `left     demo-20261120-010000-dead  folder ${dead}  (its run is dead: rehearse reap --execute --run demo-20261120-010000-dead removes it)\n` +
      `left     demo-20261120-020000-beef  folder ${live}  (in use until ${SOON})\n`,
    stderr: '',
  });
  expect([existsSync(dead), existsSync(live)]).toEqual([true, true]);
  expect(await reap('--execute')).toEqual({
    code: 0,
    stdout:
      `removed  demo-20261120-010000-dead  folder ${dead}\n` +
      `left     demo-20261120-020000-beef  folder ${live}  (in use until ${SOON})\n`,
    stderr: '',
  });
  expect([existsSync(dead), existsSync(live)]).toEqual([false, true]);
  const again = await runCli(['reap', '--json'], { cwd });
  expect([again.code, JSON.parse(again.stdout)]).toEqual([
    0,
    {
      schemaVersion: 1,
      removed: [],
      remaining: [
        {
          target: 'embedded',
          runId: 'demo-20261120-020000-beef',
          what: `folder ${live}`,
          expiresAt: SOON,
          inUse: true,
        },
      ],
      notOurs: expect.any(Array) as unknown[],
    },
  ]);
});

test('reap --run says so when it knows no such run', async () => {
  const { code, stderr } = await runCli(['reap', '--run', 'demo-20261120-010000-0000', '--execute'], { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining('unknown run demo-20261120-010000-0000')]);
});

test('with nothing there reap says so', async () => {
  expect(await reap()).toEqual({ code: 0, stdout: 'nothing left behind\n', stderr: '' });
});

test('doctor is one look at everything that a run needs', async () => {
  const { code, stdout } = await runCli(['doctor', '--json'], { cwd });
  const { ready, diagnoses } = JSON.parse(stdout) as { ready: boolean; diagnoses: { what: string }[] };
  expect([code, ready]).toEqual([0, true]);
  const seen = diagnoses.map(({ what }) => what);
  expect(seen).toContain('target embedded');
  expect(seen).toContain('target local');
  // The latter two only where the first is there.
  const engine = ['Pulumi', 'language host', 'plugin command'];
  expect(seen).toContain(engine[0]);
  expect(seen.filter((what) => !what.startsWith('target ') && !engine.includes(what))).toEqual([
    'Node',
    'installed PostgreSQL',
    'pg_restore',
    'temporary folder',
    'leftovers',
  ]);
});
