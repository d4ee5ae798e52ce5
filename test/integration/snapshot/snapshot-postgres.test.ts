import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { withConnection } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import type { SnapshotSource } from '../../../scripts/plan/model.ts';
import { DEFAULT_LIMITS, type LiveLimits } from '../../../scripts/plan/schema/schema-limits.ts';
import { readServerSchema } from '../../../scripts/cli/init-from/server-schema.ts';
import { readableUrl } from '../../../scripts/plan/snapshot-url.ts';
import { remoteSource } from '../../../scripts/snapshot/sources/open-remote.ts';
import { readRemote } from '../../../scripts/snapshot/sources/read-remote.ts';
import { baseContent } from '../../../scripts/snapshot/base/base-content.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestStandby, type TestStandby } from '../../support/database/standby.ts';
import { needsSystemPostgres, SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';
import { runSql } from './snapshot-fixture.ts';
import { Restorer } from './snapshot-restorer.ts';

const PASSWORD = 'sword%fish-17';
/** Large enough that a dump of it is not over at once. */
const SCHEMA = `
create role reader login password '${PASSWORD}' in role pg_read_all_data, pg_read_all_stats;
create role pauper login password '${PASSWORD}';
create table public.customers (id int primary key, name text);
insert into public.customers select i, 'Lovelace ' || i from generate_series(1, 1000) i;
create table public.orders (id int primary key, customer int references public.customers, filler text);
insert into public.orders select i, 1 + i % 1000, repeat(md5(i::text), 10) from generate_series(1, 20000) i;`;

describe.skipIf(!needsSystemPostgres('to dump a live server'))('a snapshot of a live server', () => {
  let live: TestDatabase;
  let shop: PgEndpoint;
  let restorer: Restorer;

  beforeAll(async () => {
    [live, restorer] = await Promise.all([startTestDatabase([], SYSTEM_POSTGRES.version), Restorer.start()]);
    await runSql(live.endpoint, 'create database shop');
    shop = { ...live.endpoint, database: 'shop' };
    await runSql(shop, SCHEMA);
  });
  afterAll(async () => {
    await restorer.stop();
    await live.stop();
  });

  const shownOf = ({ host, port, database }: PgEndpoint): string => `postgres://${host}:${port}/${database}`;
  const sourceUrl = (endpoint: PgEndpoint, user = 'reader', password = PASSWORD): string => {
    const url = new URL(shownOf(endpoint));
    url.username = user;
    url.password = encodeURIComponent(password);
    return url.href;
  };
  const sourceOf = (
    endpoint: PgEndpoint,
    {
      user = 'reader',
      password = PASSWORD,
      ...limits
    }: Partial<LiveLimits> & { user?: string; password?: string } = {},
  ): SnapshotSource => {
    const url = sourceUrl(endpoint, user, password);
    return { kind: 'remote', url, limits: { ...DEFAULT_LIMITS, ...limits } };
  };
  /** Sessions of dumps and their watchers that are still there. */
  const left = async (): Promise<number> =>
    withConnection(live.endpoint, 'setup', async (client) => {
      const { rows } = await client.query<{ count: number }>(
        "select count(*)::int from pg_stat_activity where application_name like 'rehearse/snapshot-%'",
      );
      return rows[0]?.count ?? 0;
    });
  /** Runs `use` while another session holds a lock that no reader gets past. */
  const whileLocked = async <T>(use: () => Promise<T>): Promise<T> =>
    withConnection(shop, 'setup', async (client) => {
      await client.query('begin; lock table public.orders in access exclusive mode');
      return use();
    });

  it('is read by a role that may read all and no more, and the report tells what it held back', async () => {
    const record = await restorer.restore(sourceOf(shop));
    expect(record).toMatchObject({
      kind: 'archive',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      takenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
    });
    expect(record.tables.map(({ name, rows }) => [name, rows])).toEqual([
      ['public.customers', 1000],
      ['public.orders', 20_000],
    ]);
    expect(record.warnings).toEqual([
      expect.stringMatching(
        /^The snapshot was read by pg_dump from postgres:\/\/[\d.]+:\d+\/shop, a primary, in [\d.]+ m?s: meanwhile vacuum there could remove no row that died since it began \(\d+ transactions? at most\)\.$/,
      ),
      expect.stringMatching(
        /^At most \d+ other sessions were active there, \d+ waited for IO, 0 sessions waited for its locks\.$/,
      ),
    ]);
    expect(await left()).toBe(0);
  });

  it('is read from a replica, which is found among the hosts of its URL', async () => {
    let standby: TestStandby | undefined;
    try {
      standby = await startTestStandby(live.endpoint, SYSTEM_POSTGRES.binDir);
      const endpoint = { ...standby.endpoint, database: 'shop' };
      await vi.waitFor(() => runSql(endpoint, 'select from public.orders'), 20_000);
      const hosts = [shop, endpoint].map(({ host, port }) => `${host}:${port}`).join(',');
      const url = readableUrl(`postgres://reader@${hosts}/shop?target_session_attrs=standby`);
      vi.stubEnv('PGPASSWORD', PASSWORD);
      const { tables, warnings } = await restorer.restore({ kind: 'remote', url });
      expect(tables.map(({ rows }) => rows)).toEqual([1000, 20_000]);
      expect(warnings[0]).toMatch(
        /, a replica, .*the replica could not replay what removes rows that it still/,
      );
    } finally {
      vi.unstubAllEnvs();
      await standby?.remove();
    }
  });

  it('takes hosts and user from a service of libpq, and the password from its password file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pgpass-'));
    const { host, port } = shop;
    const lines = `# not this one\n${host}:1:*:*:wrong\n${host}:${port}:*:reader:${PASSWORD}\n`;
    await writeFile(join(folder, 'pgpass'), lines, { mode: 0o600 });
    const service = `[other]\nhost=nowhere\n\n[shop]\n# a host that is down, and the one that is up\nhost=${host},${host}\nport=1,${port}\nuser=reader\ndbname=shop\n`;
    await writeFile(join(folder, 'services'), service);
    vi.stubEnv('PGPASSFILE', join(folder, 'pgpass'));
    vi.stubEnv('PGSERVICEFILE', join(folder, 'services'));
    const url = 'postgres:///?service=shop';
    try {
      expect((await restorer.restore({ kind: 'remote', url })).tables).toHaveLength(2);
      const absent = { kind: 'remote', url: 'postgres:///?service=gone' } as const;
      expect(await restorer.failure(restorer.restore(absent))).toMatchObject({
        code: 'CONNECTION_FAILED',
        message: `the snapshot service gone may not be read: neither ${join(folder, 'services')} nor /etc/postgresql-common/pg_service.conf defines it`,
      });
    } finally {
      vi.unstubAllEnvs();
      await rm(folder, { recursive: true });
    }
  });

  it('that is larger than the disk is refused before the first byte', async () => {
    const file = await withConnection(shop, 'setup', async (client) => {
      const { rows } = await client.query<{ path: string }>(
        `select current_setting('data_directory') || '/base/' || oid || '/99999999' as path from pg_database where datname = 'shop'`,
      );
      return rows[0]?.path ?? '';
    });
    await writeFile(file, '');
    await truncate(file, 10 * 1024 ** 4); // takes no room, and counts for the size of the database
    try {
      expect((await restorer.failure(restorer.restore(sourceOf(shop)))).message).toMatch(
        /^postgres:.*\/shop takes about 10\.0 TB once it is restored, and the disk of the server’s data has [\d.]+ [MG]B free$/,
      );
    } finally {
      await rm(file);
    }
  });

  it('gives its tables to `init`, without a row and without waiting for a lock', async () => {
    const { url } = sourceOf(shop) as Extract<SnapshotSource, { kind: 'remote' }>;
    const signal = AbortSignal.timeout(60_000);
    const sql = await readServerSchema(url, signal);
    expect(sql).toMatch(/CREATE TABLE public\.customers[^]*CREATE TABLE public\.orders/);
    expect(sql).not.toContain('Lovelace');
    await whileLocked(async () => {
      await expect(readServerSchema(url, signal)).rejects.toMatchObject({ code: 'TIMED_OUT' });
    });
    expect(await left()).toBe(0);
  });

  it('is no base: what it holds is another thing each time', async () => {
    expect(await baseContent(sourceOf(shop), AbortSignal.timeout(10_000))).toBeUndefined();
    expect(await left()).toBe(0);
  });

  it('whose password is wrong is refused at once', async () => {
    const failure = await restorer.failure(restorer.restore(sourceOf(shop, { password: 'wrong-password' })));
    expect(failure).toMatchObject({
      code: 'CONNECTION_FAILED',
      message: `the snapshot ${shownOf(shop)} may not be read: password authentication failed for user "reader" (28P01)`,
    });
    expect(JSON.stringify(failure)).not.toContain('wrong-password');
  });

  it('with a table that the role may not read is refused, with the grant that it needs', async () => {
    expect(await restorer.failure(restorer.restore(sourceOf(shop, { user: 'pauper' })))).toEqual({
      code: 'CONNECTION_FAILED',
      message: `the snapshot ${shownOf(shop)} may not be read: permission denied for table customers`,
      hint: 'on that server: GRANT pg_read_all_data TO "pauper"',
    });
    expect(await left()).toBe(0);
  });

  it('that is newer than every pg_dump here is told before anything is read', async () => {
    const newer = await restorer.server.create('newer');
    const { user, password } = newer;
    const failure = await restorer.failure(restorer.restore(sourceOf(newer, { user, password })));
    expect(failure.message).toMatch(
      /^postgres:\/\/.*\/newer is PostgreSQL 18, and the newest pg_dump here is \d+$/,
    );
  });

  it('does not wait for a lock that somebody holds', async () => {
    const failure = await whileLocked(() =>
      restorer.failure(restorer.restore(sourceOf(shop, { lockWait: 200 }))),
    );
    expect(failure).toMatchObject({
      code: 'TIMED_OUT',
      message: expect.stringMatching(
        /^the snapshot postgres:.* was given up: a lock on .*orders.* was not to be had within 200 ms$/,
      ) as string,
    });
    expect(await left()).toBe(0);
  });

  it('is given up when its time is over, and nothing of it is left there', async () => {
    const failure = await whileLocked(() =>
      restorer.failure(restorer.restore(sourceOf(shop, { lockWait: 60_000, duration: 500 }))),
    );
    expect(failure.message).toBe(
      `the snapshot ${shownOf(shop)} was given up: it took longer than 500 ms (limits.duration)`,
    );
    expect(await left()).toBe(0);
  });

  it('is cancelled on the server when the run is interrupted, and shows no password to this machine', async () => {
    const stop = new AbortController();
    await whileLocked(async () => {
      const restoring = restorer.restore(sourceOf(shop, { lockWait: 60_000 }), { signal: stop.signal });
      restoring.catch(() => undefined);
      await vi.waitFor(async () => {
        expect(await left()).toBe(2);
      }, 20_000);
      const commands = await Promise.all(
        (await readdir('/proc')).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
      );
      expect(commands.filter((command) => command.includes('--format=custom'))).toHaveLength(1);
      expect(commands.join('\n')).not.toContain(PASSWORD);
      stop.abort(new Error('interrupted'));
      await expect(restoring).rejects.toThrow('interrupted');
      expect(await left()).toBe(0);
    });
  });

  it('that goes away half way is told with how far it was read, and never taken for whole', async () => {
    const signal = AbortSignal.timeout(60_000);
    const source = sourceOf(shop) as Extract<SnapshotSource, { kind: 'remote' }>;
    let chunks = 0;
    const reading = (async () => {
      for await (const chunk of readRemote(remoteSource(source, {}), { signal })) {
        if (chunk.length > 0 && chunks++ === 0)
          await runSql(
            live.endpoint,
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'rehearse/snapshot-%'",
          );
      }
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: expect.stringMatching(
        /^the snapshot postgres:.*\/shop cannot be read: it was cut after \d+ bytes \(the server closed the connection\); such a source cannot go on from where it was$/,
      ) as string,
    });
    expect(await left()).toBe(0);
  });
});
