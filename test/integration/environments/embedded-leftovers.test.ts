import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { reap, sweep as sweepTargets } from '../../../infra/reap.ts';
import { embeddedTarget } from '../../../infra/targets/embedded/embedded-target.ts';
import type { Environment, Leftover } from '../../../infra/contract/target.ts';
import { neverAborted, pidsBelow, privateTmpdir, serverPid, specOf } from './embedded-fixture.ts';

const CONTROLLER = join(import.meta.dirname, 'embedded-controller.ts');

/** On this target only: other tests have hosts of other kinds. */
const sweep = async ({ runId }: { runId?: string } = {}): Promise<Leftover[]> => {
  const { found, unseen } = await sweepTargets({ targets: [embeddedTarget] });
  expect(unseen).toEqual([]);
  return found.filter((leftover) => runId === undefined || leftover.runId === runId);
};

let tmp: Awaited<ReturnType<typeof privateTmpdir>>;
const environments: Environment[] = [];

beforeEach(async () => {
  tmp = await privateTmpdir();
});

afterEach(async () => {
  for (const environment of environments.splice(0)) await environment.destroy();
  const processes = await pidsBelow(tmp.path);
  const files = await readdir(tmp.path);
  await tmp.remove();
  expect({ processes, files }).toEqual({ processes: [], files: [] });
});

/** Starts a run in a process of its own and kills that the hard way once its server is up. */
async function killedRun(): Promise<{ runId: string; folder: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', CONTROLLER], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
  });
  const [runId] = (await once(createInterface(child.stdout), 'line')) as [string];
  const folder = join(tmp.path, `dress-rehearsal-${runId}`);
  expect(await sweep({ runId })).toMatchObject([{ inUse: true }, { inUse: true }]);
  expect(await reap(await sweep({ runId }))).toEqual({ removed: [], failed: [] });
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  return { runId, folder };
}

async function freshEnvironment(): Promise<{ runId: string; folder: string }> {
  const spec = specOf();
  const environment = embeddedTarget.environment(spec);
  environments.push(environment);
  await environment.up(neverAborted());
  return { runId: spec.runId, folder: join(tmp.path, `dress-rehearsal-${spec.runId}`) };
}

function described(leftovers: readonly Leftover[]): unknown[] {
  return leftovers.map(({ target, runId, what, inUse }) => ({ target, runId, what, inUse }));
}

it('finds the server and the folder of a run that was killed, and removes both', async () => {
  const { runId, folder } = await killedRun();
  const pid = await serverPid(folder);
  expect(await pidsBelow(tmp.path)).toContain(pid);

  const found = await sweep();
  expect(described(found)).toEqual([
    {
      target: 'embedded',
      runId,
      inUse: false,
      what: expect.stringMatching(new RegExp(`^process ${pid} and \\d+ others$`)) as string,
    },
    { target: 'embedded', runId, what: `folder ${folder}`, inUse: false },
  ]);
  expect(await sweep({ runId: 'another' })).toEqual([]);

  const reaped = await reap(found);
  expect(reaped).toEqual({ removed: found, failed: [] });
  expect(await pidsBelow(tmp.path)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
  expect(await sweep()).toEqual([]);
});

it.each([
  ['is missing', (path: string) => rm(path)],
  ['is damaged', (path: string) => writeFile(path, '{"runId": "x", "cont')],
])('touches nothing of a folder whose claim %s, however old it is', async (_, damage) => {
  const { folder } = await killedRun();
  const path = join(folder, 'owner.json');
  const claim = await readFile(path, 'utf8');
  await damage(path);
  expect(await sweep()).toEqual([]);
  // The machine may have more that only looks like ours.
  const notOurs = (await embeddedTarget.notOurs(AbortSignal.timeout(60_000))).found.map(({ what }) => what);
  expect(notOurs.filter((what) => what.startsWith(tmp.path))).toEqual([folder]);
  await rm(path, { force: true });
  await writeFile(path, claim, { mode: 0o600 });
  expect((await reap(await sweep())).failed).toEqual([]);
  expect(await pidsBelow(tmp.path)).toEqual([]);
});

it('leaves a run alone while its controller lives, also when it has expired', async () => {
  const { folder } = await freshEnvironment();
  const path = join(folder, 'owner.json');
  const owner = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(path, JSON.stringify({ ...owner, expiresAt: '2020-01-01T00:00:00.000Z' }));
  const found = await sweep();
  expect(found.map(({ inUse, expiresAt }) => ({ inUse, expiresAt }))).toEqual([
    { inUse: true, expiresAt: '2020-01-01T00:00:00.000Z' },
    { inUse: true, expiresAt: '2020-01-01T00:00:00.000Z' },
  ]);
  expect(await reap(found)).toEqual({ removed: [], failed: [] });
  expect(await pidsBelow(tmp.path)).not.toEqual([]);
});

it('never signals a pid that now belongs to another program', async () => {
  const { folder } = await killedRun();
  const path = join(folder, 'owner.json');
  const owner = JSON.parse(await readFile(path, 'utf8')) as { servers: { pid: number; startTime: string }[] };
  const bystander = spawn('sleep', ['600'], { stdio: 'ignore' });
  await once(bystander, 'spawn');
  try {
    const reused = { pid: bystander.pid, startTime: owner.servers[0]?.startTime };
    await writeFile(path, JSON.stringify({ ...owner, servers: [...owner.servers, reused] }));
    expect((await reap(await sweep())).failed).toEqual([]);
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  } finally {
    const exited = once(bystander, 'exit');
    bystander.kill('SIGKILL');
    await exited;
  }
});

it('ends no process that only says it is of the run', async () => {
  const { runId } = await killedRun();
  const env = { ...process.env, REHEARSE_RUN_ID: runId };
  const bystander = spawn('sleep', ['600'], { stdio: 'ignore', env });
  await once(bystander, 'spawn');
  try {
    expect((await reap(await sweep())).failed).toEqual([]);
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
  } finally {
    const exited = once(bystander, 'exit');
    bystander.kill('SIGKILL');
    await exited;
  }
});
