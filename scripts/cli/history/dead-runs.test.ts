import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FolderClaim } from '../../../infra/claims/claim-file.ts';
import { identityOf, type ProcessIdentity } from '../../../infra/process-identity.ts';
import { runCli } from '../../../test/support/cli.ts';
import { readHistory } from '../../history/lines/history-file.ts';
import { makeRunFolder } from '../../../infra/claims/run-claim.ts';

const LONG_AGO = '2026-01-02T12:00:00.000Z';

let cwd = '';
beforeEach(async () => (cwd = await mkdtemp(join(tmpdir(), 'dead-runs-'))));
afterEach(() => rm(cwd, { recursive: true }));

/** A process that has been killed. */
async function killed(): Promise<ProcessIdentity> {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  const identity = await identityOf(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return identity ?? expect.unreachable();
}

/** The folder of a run that has not ended, as that process would leave it. */
async function unended(stamp: string, claim: Partial<FolderClaim>): Promise<string> {
  const runId = `demo-${stamp}`;
  const path = join(cwd, 'runs', runId);
  await makeRunFolder(path, { runId, expiresAt: LONG_AGO });
  const file = join(path, '.claim.json');
  const own = JSON.parse(await readFile(file, 'utf8')) as FolderClaim;
  await writeFile(file, JSON.stringify({ ...own, ...claim }));
  await mkdir(join(path, 'artifacts'));
  const startedAt = '2026-01-01T00:00:00.000Z';
  const record = { runId, rehearsal: 'demo', target: 'embedded', startedAt, endedAt: null };
  await writeFile(
    join(path, 'artifacts/run.json'),
    JSON.stringify({ ...record, outcome: 'running', problem: null }),
  );
  return path;
}

test('of runs that did not end only those go whose own claim proves that they are dead, and their lines stay', async () => {
  const controller = await killed();
  const elsewhere = { bootId: 'another', namespace: '' };
  const soon = new Date(Date.now() + 60_000).toISOString();
  const dead = await unended('20260101-000000-0001', { controller });
  await unended('20260101-000000-0002', { pidSpace: elsewhere });
  const staying = {
    'its process lives': await unended('20260101-000000-0003', {}),
    'its hosts may live': await unended('20260101-000000-0004', { controller, expiresAt: soon }),
    'it may live elsewhere': await unended('20260101-000000-0005', { pidSpace: elsewhere, expiresAt: soon }),
    'its claim is of another user': await unended('20260101-000000-0006', { controller, uid: 4711 }),
  };
  const copied = join(cwd, 'runs/demo-20260101-000000-0007');
  await cp(dead, copied, { recursive: true });
  await cp(dead, join(cwd, 'runs/no-claim'), { recursive: true });
  await rm(join(cwd, 'runs/no-claim/.claim.json'));
  const before = await readdir(join(cwd, 'runs'));
  const went = ['demo-20260101-000000-0001', 'demo-20260101-000000-0002'];

  const shown = await runCli(['history', 'prune'], { cwd });
  expect(shown.stdout.trim().split('\n')).toEqual(went.map((runId) => `would go  ${runId}`));
  expect(await readdir(join(cwd, 'runs'))).toEqual(before);

  const done = await runCli(['history', 'prune', '--execute'], { cwd });
  expect([done.code, done.stdout.trim().split('\n')]).toEqual([0, went.map((runId) => `removed  ${runId}`)]);
  const kept = [...Object.values(staying), copied, join(cwd, 'runs/no-claim')].map((path) =>
    path.slice(join(cwd, 'runs/').length),
  );
  expect(await readdir(join(cwd, 'runs'))).toEqual([...kept, 'history.ndjson'].sort());
  const { runs } = await readHistory(join(cwd, 'runs'));
  expect(runs.map(({ runId, verdict, headline }) => [runId, verdict, headline])).toEqual(
    went.map((runId) => [runId, null, 'killed by a signal']),
  );
});
