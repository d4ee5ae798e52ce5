import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { currentPidSpace, identityOf } from '../../infra/process-identity.ts';
import { runDirOf } from '../../infra/targets/embedded/run-dir.ts';
import { newRunId } from '../../scripts/artifacts/run-id.ts';
import { withConnection } from '../../scripts/pg/client.ts';
import { startTestDatabase, type TestDatabase } from '../support/database.ts';
import { rehearse } from '../support/rehearse-process.ts';
import { tinyRehearsal, type TinyRehearsal } from '../support/tiny-rehearsal.ts';

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
/** Of the forms that the tool's own names have. */
const NAMESPACE = `rehearse.${newRunId('shop')}.db`;
const CGROUP = ['/sys/fs/cgroup/pids', '/sys/fs/cgroup'].find((tree) => existsSync(tree));

let tiny: TinyRehearsal;
let server: TestDatabase;
/** The folder of a real server, and where its claim was put. */
let serverFolder: string;
const processes: ChildProcess[] = [];

beforeAll(async () => {
  tiny = await tinyRehearsal('  - { phase: expand, sql: sql/1.sql }', { 'sql/1.sql': 'select 1;' });
  vi.stubEnv('TMPDIR', tiny.tmp);
  vi.stubEnv('REHEARSE_STATE_DIR', join(tiny.dir, 'state'));
  server = await startTestDatabase();
  serverFolder = join(
    tiny.tmp,
    readdirSync(tiny.tmp).find((name) => name.startsWith('dress-rehearsal-')) ?? '',
  );
  renameSync(join(serverFolder, 'owner.json'), join(tiny.dir, 'owner.json'));
  await plantFolders();
  const dead = newRunId('somebodys');
  mkdirSync(runDirOf(dead).path);
  const env = { ...process.env, REHEARSE_RUN_ID: dead };
  processes.push(spawn('sleep', ['600'], { stdio: 'ignore', env, cwd: runDirOf(dead).path }));
  if (isRoot) plantInKernel();
});

afterAll(async () => {
  for (const child of processes) child.kill('SIGKILL');
  if (isRoot && CGROUP !== undefined) {
    execFileSync('ip', ['netns', 'del', NAMESPACE]);
    while (readFileSync(join(CGROUP, NAMESPACE, 'cgroup.procs'), 'utf8') !== '')
      await new Promise((resolve) => setTimeout(resolve, 20));
    rmdirSync(join(CGROUP, NAMESPACE));
  }
  renameSync(join(tiny.dir, 'owner.json'), join(serverFolder, 'owner.json'));
  await server.stop();
  vi.unstubAllEnvs();
  await tiny.remove();
});

async function plantFolders(): Promise<void> {
  const [precious, state] = [join(tiny.dir, 'precious'), join(tiny.dir, 'state')];
  const folders = [
    join(precious, 'letters'),
    join(state, 'shop/db'),
    join(state, `${newRunId('shop')}.primary`),
    join(tiny.tmp, 'dress-rehearsal-main/src'),
    runDirOf(newRunId('copied')).path,
  ];
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'notes.txt'), `mine: ${folder}`);
  }
  writeFileSync(join(tiny.tmp, 'dress-rehearsal-notes'), 'mine');
  for (const at of [
    runDirOf(newRunId('linked')).path,
    join(state, 'x'),
    join(state, `${newRunId('x')}.driver`),
  ])
    symlinkSync(precious, at);
  // A whole claim, of a process that is gone, but of another folder.
  const claim = {
    ...(JSON.parse(readFileSync(join(tiny.dir, 'owner.json'), 'utf8')) as object),
    controller: { pid: 4_194_303, startTime: '1' },
    pidSpace: await currentPidSpace(),
  };
  writeFileSync(join(folders[4]!, 'owner.json'), JSON.stringify(claim), { mode: 0o600 });
}

/** A namespace with a process in it, and a cgroup with another. */
function plantInKernel(): void {
  execFileSync('ip', ['netns', 'add', NAMESPACE]);
  processes.push(spawn('ip', ['netns', 'exec', NAMESPACE, 'sleep', '600'], { stdio: 'ignore' }));
  if (CGROUP === undefined) return;
  mkdirSync(join(CGROUP, NAMESPACE));
  const inside = spawn('sleep', ['600'], { stdio: 'ignore' });
  processes.push(inside);
  writeFileSync(join(CGROUP, NAMESPACE, 'cgroup.procs'), String(inside.pid));
}

/** Everything planted with a hash of its content; what the living server writes is but named. */
async function bystanders(): Promise<string[]> {
  const roots = ['precious', 'state', 'tmp'].map((name) => join(tiny.dir, name));
  const found = execFileSync('find', [...roots, '-printf', '%p %y %i %U %m %l\n'], { encoding: 'utf8' });
  const lines = found.split('\n').filter((line) => !line.includes(`${serverFolder}/data/`));
  const files = lines.filter((line) => line.endsWith('notes.txt') || line.includes('owner.json '));
  const hashes = files.map((line) =>
    createHash('sha256')
      .update(readFileSync(line.split(' ')[0]!))
      .digest('hex'),
  );
  const living = await Promise.all(processes.map(({ pid }) => identityOf(pid ?? 0)));
  const kernel =
    isRoot && CGROUP !== undefined
      ? [existsSync(`/run/netns/${NAMESPACE}`), readFileSync(join(CGROUP, NAMESPACE, 'cgroup.procs'), 'utf8')]
      : [];
  const { rows } = await withConnection(server.endpoint, 'setup', (client) =>
    client.query<{ since: string }>('select pg_postmaster_start_time()::text as since'),
  );
  return [
    ...lines,
    ...hashes,
    ...living.map((one) => JSON.stringify(one)),
    ...kernel.map(String),
    rows[0]!.since,
  ];
}

it('nothing of others is touched by run, reap and reap --execute, and reap says what it leaves alone', async () => {
  const at = { cwd: tiny.dir, tmp: tiny.tmp };
  const before = await bystanders();
  expect(before.some((line) => line.startsWith('{"pid":'))).toBe(true);
  const run = await rehearse(['run', '.'], at);
  expect(run.code, run.stderr).toBe(0);
  expect(await bystanders(), 'after run').toEqual(before);
  const reap = await rehearse(['reap'], at);
  expect(await bystanders(), 'after reap').toEqual(before);
  const removal = await rehearse(['reap', '--execute'], at);
  expect(await bystanders(), 'after reap --execute').toEqual(before);
  for (const { stdout } of [reap, removal]) {
    expect(stdout).toContain(
      `not ours ${join(tiny.tmp, 'dress-rehearsal-main')}  (it has no claim: left alone)`,
    );
    expect(stdout).toContain('its claim is about another folder');
    expect(stdout).toContain('it is a link');
    if (isRoot) expect(stdout).toContain(`not ours namespace ${NAMESPACE}  (it has no claim: left alone)`);
    expect(stdout).not.toContain('removed');
  }
  process.stdout.write(`bystanders hashed before and after: ${before.length}\n`);
});
