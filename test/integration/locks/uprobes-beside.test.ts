import { chmod, chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closeQuietly, connect, withConnection, type PgClient } from '../../../scripts/pg/client.ts';
import { uprobesBeside } from '../../../scripts/probes/uprobes-beside.ts';
import type { WaitSource } from '../../../scripts/probes/wait-source.ts';
import { monotonicMs, sleep } from '../../../scripts/shared/clock.ts';
import { tellWaits } from '../../../scripts/tracing/beside/tell-waits.ts';
import type { TracedGrant, TracedRelease, TracedWait } from '../../../scripts/tracing/lock-pairing.ts';
import { localServer } from '../../../scripts/tracing/local-server.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { kernelTraces } from '../../support/hosts/kernel-traces.ts';
import { needsUprobes } from '../../support/needs.ts';

describe.skipIf(!(await needsUprobes()))('a tracer beside the server', () => {
  let database: TestDatabase;
  let folder: string;
  let client: PgClient;
  let binary: string;
  let stop = new AbortController();
  let telling: Promise<void> = Promise.resolve();
  const waits: TracedWait[] = [];
  const grants: TracedGrant[] = [];
  const releases: TracedRelease[] = [];
  const ends: string[] = [];
  const news = {
    onWait: (wait: TracedWait) => void waits.push(wait),
    onGrant: (grant: TracedGrant) => void grants.push(grant),
    onRelease: (release: TracedRelease) => void releases.push(release),
    onEnd: (why: string) => void ends.push(why),
  };

  beforeAll(async () => {
    database = await startTestDatabase();
    client = await connect(database.endpoint, 'probe');
    await withConnection(database.endpoint, 'setup', (maker) =>
      maker.query('create table wanted as select 1 as id'),
    );
    const { rows } = await client.query<{ place: string }>(
      `select current_setting('data_directory') as place`,
    );
    binary = (await localServer(client)).binary;
    // The server sees no other folder of this machine.
    folder = join(rows[0]!.place, 'waits');
    await mkdir(folder);
    await chmod(folder, 0o755);
    await mkdir(join(folder, 'none'));
    await writeFile(join(folder, 'told'), '');
    await writeFile(join(folder, 'wanted'), '');
    const { uid, gid } = await stat(rows[0]!.place);
    await chown(join(folder, 'wanted'), uid, gid);
  });
  afterEach(async () => {
    stop.abort();
    await telling;
    stop = new AbortController();
    for (const list of [waits, grants, releases, ends]) list.length = 0;
  });
  afterAll(async () => {
    await closeQuietly(client);
    await database.stop();
  });

  const start = (program = binary): void => {
    telling = tellWaits(folder, program, stop.signal);
  };

  async function blocked(source: WaitSource): Promise<{ holder: number; beforeMs: number; afterMs: number }> {
    const [one, other] = await Promise.all([
      connect(database.endpoint, 'app'),
      connect(database.endpoint, 'app'),
    ]);
    try {
      const { rows } = await one.query<{ pid: number }>('select pg_backend_pid() as pid');
      await source.follow(rows[0]!.pid);
      const beforeMs = monotonicMs();
      await one.query('begin; lock table wanted');
      const waiting = other.query('select * from wanted');
      await sleep(60);
      await one.query('commit');
      await waiting;
      return { holder: rows[0]!.pid, beforeMs, afterMs: monotonicMs() };
    } finally {
      await Promise.all([closeQuietly(one), closeQuietly(other)]);
    }
  }

  it('tells of waits, grants and releases on the clock of who asks, one session after the other', async () => {
    start();
    for (let session = 1; session <= 2; session++) {
      const source = await uprobesBeside(client, news, folder);
      const { holder, beforeMs, afterMs } = await blocked(source);
      await source.stop();
      expect(waits).toMatchObject([{ end: 'granted', locktype: 'relation', mode: 'AccessShareLock' }]);
      const [{ fromMs, toMs }] = waits as [TracedWait];
      expect(fromMs).toBeGreaterThan(beforeMs);
      expect(toMs).toBeLessThan(afterMs);
      expect(toMs - fromMs).toBeGreaterThan(20);
      expect(grants).toMatchObject([{ pid: holder, relationOid: waits[0]!.relationOid }]);
      expect(releases.map(({ pid }) => pid)).toContain(holder);
      expect(source.resolutionMs).toBe(0.01);
      expect(ends).toEqual([]);
      for (const list of [waits, grants, releases]) list.length = 0;
    }
    expect(await readFile(join(folder, 'told'), 'utf8')).toContain('"why":"stopped"');
  });

  it('leaves nothing in the kernel when it is ended in the middle, and says so to who listens', async () => {
    start();
    const source = await uprobesBeside(client, news, folder);
    stop.abort();
    await telling;
    await source.stop();
    expect(await kernelTraces(process.pid)).toEqual([]);
  });

  it('says in one phrase why there is none', async () => {
    start('/bin/true');
    await expect(uprobesBeside(client, news, folder)).rejects.toThrow('does not export');
    await expect(uprobesBeside(client, news, join(folder, 'none'))).rejects.toThrow('no tracer is beside');
  });
});
