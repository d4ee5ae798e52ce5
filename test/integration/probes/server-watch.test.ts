import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PresenceRecord } from '../../../scripts/artifacts/records/records.ts';
import { closeQuietly, connect, withConnection } from '../../../scripts/pg/client.ts';
import { ServerWatches } from '../../../scripts/probes/server-watch/server-watches.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { NdjsonWriter } from '../../../scripts/shared/files/ndjson.ts';
import { RunClock } from '../../../scripts/shared/run-clock.ts';
import { parentOf } from '../../../scripts/tracing/local-server.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startProxy, type TcpProxy } from '../../support/hosts/tcp-proxy.ts';

let database: TestDatabase;
let postmaster: number;
beforeAll(async () => {
  database = await startTestDatabase();
  const client = await connect(database.endpoint, 'setup');
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  postmaster = (await parentOf(rows[0]?.pid ?? 0)) ?? 0;
  await closeQuietly(client);
  if (postmaster < 2) throw new Error('the server is not among the processes of this machine');
});
afterAll(async () => {
  await database.stop();
});

let dir: string;
let proxy: TcpProxy;
let writer: NdjsonWriter<PresenceRecord>;
let watches: ServerWatches;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'watch-'));
  const { host, port, socketDir, ...login } = database.endpoint;
  proxy = await startProxy(
    socketDir === undefined ? { host, port } : { path: join(socketDir, `.s.PGSQL.${port}`) },
  );
  writer = new NdjsonWriter(join(dir, 'presence.ndjson'));
  const primary = { ...login, host: '127.0.0.1', port: proxy.port };
  watches = new ServerWatches({ primary, standby: null });
  await watches.start();
  watches.recordInto({ writer, clock: new RunClock() });
});
afterEach(async () => {
  await watches.stop();
  await proxy.close();
  await rm(dir, { recursive: true });
});

async function records(): Promise<PresenceRecord[]> {
  await watches.settled();
  await writer.close();
  const text = readFileSync(join(dir, 'presence.ndjson'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as PresenceRecord);
}

/** The server and all its processes. */
function processes(): number[] {
  const children = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return new RegExp(`\\) . ${postmaster} `).test(readFileSync(`/proc/${name}/stat`, 'latin1'));
    } catch {
      return false;
    }
  });
  return [postmaster, ...children.map(Number)];
}

describe('a server that is looked after', () => {
  it('leaves no record while it answers, whatever happens to the sessions', async () => {
    await withConnection(database.endpoint, 'setup', (client) =>
      client.query('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()'),
    );
    await withConnection(database.endpoint, 'setup', async (client) => {
      await client.query('begin; lock table pg_authid, pg_database in access exclusive mode');
      await sleep(1500);
    });
    expect(await records()).toEqual([]);
  });

  it('was unreachable for as long as the cable was cut', async () => {
    proxy.stall();
    await sleep(2000);
    proxy.resume();
    await sleep(700);
    const [record, ...more] = await records();
    // The proxy takes connections, so that it looks as if the program was silent.
    expect({ ...record, more }).toMatchObject({ type: 'away', role: 'primary', why: 'silent', more: [] });
    const awayMs = record?.type === 'away' ? record.toMs - record.fromMs : 0;
    expect(awayMs).toBeGreaterThan(1600);
    expect(awayMs).toBeLessThan(5000);
  });

  it('was silent while all of it was suspended, and the tool was not', async () => {
    for (const pid of processes()) process.kill(pid, 'SIGSTOP');
    await sleep(1800);
    for (const pid of processes()) process.kill(pid, 'SIGCONT');
    await sleep(700);
    expect(await records()).toMatchObject([{ type: 'away', why: 'silent', role: 'primary' }]);
  });

  it('ends the run at once when nothing listens any more', async () => {
    await proxy.refuse();
    await sleep(1000);
    expect(watches.failed.reason).toMatchObject({ code: 'POSTGRES_DIED' });
    await expect(watches.settled()).rejects.toMatchObject({ code: 'POSTGRES_DIED' });
    await proxy.accept();
  });

  it('tells a process that crashed by itself, and goes on', async () => {
    const client = await connect(database.endpoint, 'setup');
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const pid = rows[0]?.pid ?? 0;
    process.kill(pid, 'SIGSEGV');
    await sleep(300);
    const found = await records();
    await closeQuietly(client);
    expect(found).toContainEqual(
      expect.objectContaining({ type: 'crash', role: 'primary', pid, signal: 11 }),
    );
    expect(watches.failed.aborted).toBe(false);
  });

  it('ends the run when a process of it was killed from outside', async () => {
    const client = await connect(database.endpoint, 'setup');
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
    await expect(watches.settled()).rejects.toMatchObject({ code: 'BACKEND_KILLED' });
    await closeQuietly(client);
  });
});
