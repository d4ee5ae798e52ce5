import { execFile, fork } from 'node:child_process';
import { open, rm, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findTraces } from '../../../infra/targets/embedded/trace-leftovers.ts';
import { closeQuietly, connect, withConnection, type PgClient } from '../../../scripts/pg/client.ts';
import { monotonicMs, sleep } from '../../../scripts/shared/clock.ts';
import type { TracedGrant, TracedRelease, TracedWait } from '../../../scripts/tracing/lock-pairing.ts';
import { LockTracer, type TracerNews } from '../../../scripts/tracing/lock-tracer.ts';
import { localServer, type LocalServer } from '../../../scripts/tracing/local-server.ts';
import { removeGroup } from '../../../scripts/tracing/abandoned.ts';
import { isClaimed } from '../../../scripts/tracing/group-claim.ts';
import { openTracefs } from '../../../scripts/tracing/tracefs.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { kernelTraces } from '../../support/hosts/kernel-traces.ts';
import { needsUprobes } from '../../support/needs.ts';

const run = promisify(execFile);

describe.skipIf(!(await needsUprobes()))('the tracer of lock waits', () => {
  let database: TestDatabase;
  let server: LocalServer;
  let clients: PgClient[] = [];
  let tracer: LockTracer;
  const waits: TracedWait[] = [];
  const grants: TracedGrant[] = [];
  const releases: TracedRelease[] = [];
  const ends: string[] = [];
  const news: TracerNews = {
    onWait: (wait: TracedWait) => void waits.push(wait),
    onGrant: (grant: TracedGrant) => void grants.push(grant),
    onRelease: (release: TracedRelease) => void releases.push(release),
    onEnd: (why: string) => void ends.push(why),
  };

  beforeAll(async () => {
    database = await startTestDatabase();
    await withConnection(database.endpoint, 'setup', async (client) => {
      await client.query('create table wanted as select 1 as id; create table other as select 1 as id');
      server = await localServer(client);
    });
  });
  afterAll(() => database.stop());
  afterEach(async () => {
    await Promise.all(clients.map(closeQuietly));
    clients = [];
    await tracer.stop();
    for (const list of [waits, grants, releases, ends]) list.length = 0;
    expect(await ownTraces()).toEqual([]);
  });

  async function session(): Promise<{ client: PgClient; pid: number }> {
    const client = await connect(database.endpoint, 'app');
    clients.push(client);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    return { client, pid: rows[0]!.pid };
  }

  it('sees every wait with its relation and mode, and when the lock was given back', async () => {
    tracer = await LockTracer.start(server, news);
    const holder = await session();
    const waiters = await Promise.all(Array.from({ length: 8 }, () => session()));
    await tracer.watchReleases([holder.pid]);
    const lockedFromMs = monotonicMs();
    await holder.client.query('begin; lock table wanted');
    const lockedToMs = monotonicMs();
    const asked = waiters.map(({ client }) => client.query('select * from wanted'));
    await sleep(60);
    const beforeMs = monotonicMs();
    await holder.client.query('commit');
    const afterMs = monotonicMs();
    await Promise.all(asked);
    await tracer.stop();

    expect(ends).toEqual([]);
    expect(new Set(waits.map(({ pid }) => pid))).toEqual(new Set(waiters.map(({ pid }) => pid)));
    const release = releases.find(({ pid, atMs }) => pid === holder.pid && atMs > beforeMs)!;
    expect(release.atMs).toBeLessThan(afterMs);
    expect(grants).toMatchObject([{ pid: holder.pid, relationOid: waits[0]!.relationOid }]);
    expect(grants[0]!.atMs).toBeGreaterThan(lockedFromMs);
    expect(grants[0]!.atMs).toBeLessThan(lockedToMs);
    for (const wait of waits) {
      expect(wait).toMatchObject({ end: 'granted', locktype: 'relation', mode: 'AccessShareLock' });
      expect(wait.relationOid).toBeGreaterThan(16_000);
      expect(wait.toMs - wait.fromMs).toBeGreaterThan(20);
      // Woken by the release, which then goes on for a moment.
      expect(wait.toMs).toBeGreaterThan(beforeMs);
    }
  });

  it('tells a wait that ended without the lock from one that ended with it', async () => {
    tracer = await LockTracer.start(server, news);
    const holder = await session();
    const late = await session();
    const cancelled = await session();
    const unlucky = await session();
    await unlucky.client.query("set deadlock_timeout = '10ms'; begin; lock table other");
    await holder.client.query('begin; lock table wanted');
    await late.client.query("set lock_timeout = '30ms'");
    const refused = late.client.query('begin; lock table wanted nowait');
    await expect(refused).rejects.toMatchObject({ code: '55P03' });
    await late.client.query('rollback');
    await expect(late.client.query('select * from wanted')).rejects.toMatchObject({ code: '55P03' });
    const asked = cancelled.client.query('select * from wanted');
    const isCancelled = expect(asked).rejects.toMatchObject({ code: '57014' });
    await sleep(30);
    await holder.client.query('select pg_cancel_backend($1)', [cancelled.pid]);
    await isCancelled;
    const granted = holder.client.query('select * from other');
    await sleep(30);
    await expect(unlucky.client.query('select * from wanted')).rejects.toMatchObject({ code: '40P01' });
    await granted;
    await holder.client.query('rollback');
    await tracer.stop();
    const seen = waits.toSorted((a, b) => a.fromMs - b.fromMs);
    expect(seen).toMatchObject([
      { pid: late.pid, end: 'cancelled' },
      { pid: cancelled.pid, end: 'cancelled' },
      { pid: holder.pid, end: 'granted' },
      { pid: unlucky.pid, end: 'cancelled' },
    ]);
    expect(seen).toHaveLength(4);
    for (const { fromMs, toMs } of seen) expect(toMs - fromMs).toBeGreaterThan(9);
  });

  it('ends by itself when more comes than it can read, and tells nothing that may be broken', async () => {
    tracer = await LockTracer.start(server, news);
    const holder = await session();
    const waiter = await session();
    const tracefs = await openTracefs();
    const [own = ''] = readdirSync(`${tracefs.path}/instances`).filter((name) =>
      name.includes(`_${process.pid}_`),
    );
    await writeFile(`${tracefs.path}/instances/${own}/buffer_size_kb`, '4');
    await tracefs.close();
    await holder.client.query('begin; lock table wanted');
    const asked = waiter.client.query(`set lock_timeout = '1ms';
      do $$ begin
        for i in 1..500 loop
          begin lock table wanted; exception when lock_not_available then null; end;
        end loop;
      end $$`);
    await sleep(20);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000); // nobody reads
    await asked;
    for (let tries = 0; ends.length === 0 && tries < 100; tries++) await sleep(50);
    expect(ends).toEqual([
      expect.stringMatching(/^the kernel lost \d+ events: more came than could be read$/),
    ]);
    for (const { fromMs, toMs } of waits) expect(toMs - fromMs).toBeLessThan(100);
    await tracer.stop();
  });

  it('keeps its claim on what the kernel does not give back yet', async () => {
    tracer = await LockTracer.start(server, news);
    const [group = ''] = (await kernelTraces(process.pid)).filter((line) => !line.includes(':'));
    const tracefs = await openTracefs();
    // The kernel removes no buffer that somebody is reading.
    const reader = await open(join(tracefs.path, 'instances', group, 'trace'), 'r');
    await expect(tracer.stop()).rejects.toThrow();
    expect(await isClaimed(group)).toBe(true);
    await reader.close();
    await removeGroup(tracefs.path, group);
    await tracefs.close();
    expect(await isClaimed(group)).toBe(false);
  });

  it('leaves nothing that a sweep does not find when its process is killed', async () => {
    const script = join(tmpdir(), `tracer-${process.pid}.mts`);
    const from = JSON.stringify(join(import.meta.dirname, '../../../scripts/tracing/lock-tracer.ts'));
    await writeFile(
      script,
      `import { LockTracer } from ${from};
       const nothing = () => undefined;
       await LockTracer.start(${JSON.stringify(server)}, { onWait: nothing, onGrant: nothing, onRelease: nothing, onEnd: nothing });
       process.send('up'); setInterval(nothing, 1000);`,
    );
    const tsx = import.meta.resolve('tsx');
    const child = fork(script, {
      execArgv: ['--import', tsx],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    try {
      await once(child, 'message');
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await kernelTraces(child.pid!)).not.toEqual([]);
      const left = (await findTraces('embedded')).filter(({ runId }) => runId.includes(`_${child.pid!}_`));
      expect(left).toMatchObject([{ what: 'trace events in the kernel', inUse: false }]);
      await left[0]!.remove();
      expect(await kernelTraces(child.pid!)).toEqual([]);
    } finally {
      await rm(script);
    }
  });

  it('says in one phrase why a program cannot be traced', async () => {
    await expect(LockTracer.start({ ...server, binary: process.execPath }, news)).rejects.toThrow(
      'does not export ProcSleep',
    );
    await expect(LockTracer.start({ ...server, binary: '/etc/hostname' }, news)).rejects.toThrow(
      'is not a 64-bit ELF program',
    );
    const elsewhere = { query: () => Promise.resolve({ rows: [{ pid: 1, port: 1 }] }) };
    await expect(localServer(elsewhere as unknown as PgClient)).rejects.toThrow('runs on another host');
  });

  /** Events and buffers of this process, and mounts and helpers of it. */
  async function ownTraces(): Promise<string[]> {
    const { stdout } = await run('ps', ['-o', 'args=', '--ppid', String(process.pid)]);
    const helpers = stdout.split('\n').filter((line) => line.includes('unshare'));
    const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
    return [
      ...(await kernelTraces(process.pid)),
      ...helpers,
      ...mounts.filter((line) => line.includes('rehearse') && line.includes('tracefs')),
    ];
  }
});
