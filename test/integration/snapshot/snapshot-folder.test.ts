import { appendFile, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { readRehearsal } from '../../../scripts/plan/read.ts';
import { snapshotFacts, type SnapshotFacts } from '../../../scripts/plan/production/snapshot-facts.ts';
import { productionOf, snapshotFolderAt } from '../../../scripts/plan/production/snapshot-folder.ts';
import { writeManifest } from '../../../scripts/snapshot/folder/manifest.ts';
import { defined } from '../../../scripts/plan/schema/defined.ts';
import { tinyRehearsal } from '../../support/tiny-rehearsal.ts';
import { runCli, type CliRun } from '../../support/cli.ts';
import { needsSystemPostgres, SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { runSql } from './snapshot-fixture.ts';
import { Restorer } from './snapshot-restorer.ts';

const PASSWORD = 'sword%fish-18';
const SCHEMA = `
create role reader login password '${PASSWORD}' in role pg_read_all_data, pg_monitor;
create extension pg_stat_statements; create extension pg_buffercache;
create table public.customers (id int primary key, name text, paid_with bigint) with (fillfactor = 70, autovacuum_enabled = off);
insert into public.customers select i, 'Lovelace ' || i, (base || (
  select (10 - sum(case when p % 2 = 1 then d * 2 - 9 * (d > 4)::int else d end) % 10) % 10
    from generate_series(1, 15) p, cast(substr(base, p, 1) as int) d))::bigint
  from generate_series(1, 5000) i, concat(41111111, lpad(i::text, 7, '0')) base;
create table public.documents (id int primary key, body text);
alter table public.documents alter body set storage external;
insert into public.documents select i, repeat(md5(i::text), 400) from generate_series(1, 40) i;
delete from public.customers where id > 2500;
analyze;`;

describe.skipIf(!needsSystemPostgres('to dump a live server'))('a snapshot folder', () => {
  let live: TestDatabase;
  let shop: PgEndpoint;
  let restorer: Restorer;
  let cwd: string;

  beforeAll(async () => {
    [live, restorer] = await Promise.all([
      startTestDatabase(
        [
          { name: 'work_mem', value: '9MB' },
          { name: 'shared_preload_libraries', value: 'pg_stat_statements' },
        ],
        SYSTEM_POSTGRES.version,
      ),
      Restorer.start(),
    ]);
    cwd = await mkdtemp(join(tmpdir(), 'snapshot-folder-'));
    await runSql(live.endpoint, 'create database shop');
    shop = { ...live.endpoint, database: 'shop' };
    await runSql(shop, SCHEMA);
    await runSql(shop, "select count(*) from public.customers where name = 'Lovelace 7'");
  });
  afterAll(async () => {
    await restorer.stop();
    await live.stop();
    await rm(cwd, { recursive: true });
  });

  const shown = (): string => `postgres://${shop.host}:${shop.port}/shop`;
  const rehearse = async (...argv: string[]): Promise<CliRun> =>
    runCli(argv, {
      cwd,
      env: {
        PATH: process.env['PATH'],
        PROD: shown().replace('//', `//reader:${encodeURIComponent(PASSWORD)}@`),
      },
    });
  const factsIn = async (folder: string): Promise<SnapshotFacts> =>
    snapshotFacts.parse(JSON.parse(await readFile(join(cwd, folder, 'facts.json'), 'utf8')));

  it('is taken with what the server tells of itself, and with no value of a row beside the dump', async () => {
    const { code, stdout, stderr } = await rehearse('snapshot', 'take', 'PROD', '--to', 'first');
    expect(stderr + stdout).not.toMatch(/Lovelace|sword/);
    expect(stdout).toMatch(/^wrote first: 2 tables, [\d.]+ MB there, [\d.]+ kB here\n$/);
    expect(code).toBe(0);
    expect((await readdir(join(cwd, 'first'))).sort()).toEqual([
      'dump',
      'facts.json',
      'manifest.json',
      'statistics.json',
    ]);
    expect((await stat(join(cwd, 'first'))).mode & 0o777).toBe(0o700);
    const facts = await factsIn('first');
    expect(facts).toMatchObject({
      source: shown(),
      server: { major: SYSTEM_POSTGRES.version, isReplica: false },
      database: { name: 'shop', encoding: 'UTF8' },
      settings: { work_mem: '9MB' },
      notes: [expect.stringMatching(/^The snapshot was read/), expect.stringMatching(/^At most/)] as string[],
    });
    const { hardware, hasChecksums, startedAt } = facts.server;
    expect([hardware, hasChecksums, typeof startedAt]).toEqual([null, expect.any(Boolean), 'string']); // nothing of files for a reader
    expect(facts.database.freezeAge).toBeGreaterThan(0);
    expect(facts.activity).toBeNull(); // no minute long
    expect(
      facts.tables.map(({ name, rows, deadRows, modifiedRows, fillFactor }) => [
        name,
        rows,
        deadRows,
        typeof modifiedRows,
        fillFactor,
      ]),
    ).toEqual([
      ['public.customers', 2500, 2500, 'number', 70],
      ['public.documents', 40, 0, 'number', 100],
    ]);
    const [byId] = facts.indexes;
    expect(byId).toMatchObject({
      name: 'public.customers_pkey',
      table: 'public.customers',
      method: 'btree',
      keyColumns: 1,
      isUnique: true,
      isValid: true,
      isPartial: false,
      fillFactor: 90,
    });
    expect(byId?.bloatShare).toBeGreaterThan(0.4); // half of its rows are gone
    expect(byId?.cachedBytes).toBeGreaterThan(0);
    const queries = facts.statements?.map(({ query }) => query) ?? [];
    expect(queries).toContain('select count(*) from public.customers where name = $1');
    const [customers, documents] = facts.tables;
    expect(customers?.bloatShare).toBeGreaterThan(0.4);
    expect(documents?.toastBytes).toBeGreaterThan(40 * 12_000);
    expect(JSON.stringify(facts)).not.toMatch(/Lovelace|sword/);
  });

  it('holds the shape of its columns, and of those that look personal no value at all', async () => {
    const { statistics } = (await snapshotFolderAt(join(cwd, 'first'))) ?? expect.fail('no snapshot folder');
    const columns = statistics?.tables.flatMap(({ columns: all }) => all) ?? [];
    const shapes = columns.map(({ name, distinct, histogram }) => [name, distinct, histogram?.bounds.at(-1)]);
    expect(shapes).toEqual([
      ['id', -1, 2500],
      ['name', -1, undefined],
      ['paid_with', -1, undefined],
      ['id', -1, 40],
      ['body', -1, undefined],
    ]);
    expect(JSON.stringify(statistics)).not.toMatch(/Lovelace|4111/);
  });

  it('is shown, proven, and held against a later one', async () => {
    await runSql(
      shop,
      "insert into public.customers select i, 'x', null from generate_series(10000, 30000) i; analyze",
    );
    expect((await rehearse('snapshot', 'take', 'PROD', '--to', 'second', '--jobs', '1')).code).toBe(0);
    const inspected = await rehearse('snapshot', 'inspect', 'first');
    expect(inspected.stdout).toMatch(
      /^postgres:.*\/shop, taken 20.*\nPostgreSQL 15[^]*work_mem=9MB[^]*statistics: 2 of 2 tables analysed, 5 columns\n[^]*TABLE +ROWS +HEAP/,
    );
    expect((await rehearse('snapshot', 'verify', 'second')).stdout).toMatch(
      /^second: \d+ files, .* as taken\n$/,
    );
    const { stdout } = await rehearse('snapshot', 'diff', 'first', 'second');
    expect(stdout).toMatch(
      / → .* in [\d.]+ m?s\nTABLE .*\npublic\.customers +2,500 → 22,501 +\S+ kB → \S+ \S+ +\+\S+ \S+\n/,
    );
    expect(stdout).toMatch(/public\.customers: paid_with: NULL 0\.0 % → 88\.9 %\n/);
  });

  it('is restored by a rehearsal that names it, which tells what differs from production', async () => {
    const head = `version: 1
name: tiny
snapshot: { source: ${join(cwd, 'first')} }
load: { rate: 10/s, versions: { old: workload } }
`;
    const tiny = await tinyRehearsal(
      '  - { phase: expand, soak: 1s }',
      { 'workload/a.sql': 'select 1;' },
      head,
    );
    const read = await readRehearsal(tiny.dir, { cwd, env: {} }).finally(() => tiny.remove());
    expect(read.snapshot).toMatchObject({
      kind: 'file',
      path: join(cwd, 'first', 'dump'),
      takenAt: (await factsIn('first')).takenAt,
      production: {
        major: SYSTEM_POSTGRES.version,
        followed: expect.arrayContaining([{ name: 'work_mem', value: '9MB' }]) as unknown,
        otherSettings: expect.not.arrayContaining([expect.objectContaining({ name: 'work_mem' })]) as unknown,
        activity: null,
      },
    });
    expect(read.postgres.settings).toContainEqual({ name: 'work_mem', value: '9MB' });
    const folder = await snapshotFolderAt(join(cwd, 'first'));
    const { dump, facts, statistics } = folder ?? expect.fail('no snapshot folder');
    expect(read.snapshot).toMatchObject({ statistics });
    const same = productionOf(facts, { work_mem: '9216kB' });
    expect(same.otherSettings.map(({ name }) => name)).not.toContain('work_mem');
    const production = { ...productionOf(facts, { work_mem: '4MB' }), bytes: 1024 ** 3 };
    const restored = { kind: 'file', path: dump, production, ...defined({ statistics }) } as const;
    const { tables, warnings, drift } = await restorer.restore(restored);
    expect(drift?.against).toBe('statistics');
    const [customers] = drift?.tables ?? [];
    expect(customers?.rows).toEqual({ before: 2500, after: 2500 });
    expect((customers?.heapBytes?.after ?? 1) / (customers?.heapBytes?.before ?? 1)).toBeCloseTo(0.5, 1);
    expect(tables.map(({ rows }) => rows)).toEqual([2500, 40]);
    expect(warnings.slice(-5)).toEqual([
      `Production ran PostgreSQL ${SYSTEM_POSTGRES.version} when the snapshot was taken, and this rehearsal PostgreSQL 18: locks, plans and rewrites may differ.`,
      expect.stringMatching(/^Production had other versions of extensions: pg_buffercache 1\.3 \(here 1\./),
      expect.stringMatching(
        /^The restored database has .* MB, 99 % less than the 1\.0 GB of production: a restore/,
      ),
      'Autovacuum had more to do in production, and begins at another time there: public.customers 2,500 dead rows and 7,500 written since ANALYZE (here 0 and 0).',
      expect.stringMatching(/^Production had \d+ settings that .* work_mem = 9MB \(here 4MB\)/),
    ]);
  });

  it('gives a rehearsal that names no rate the one of production', async () => {
    const folder = join(cwd, 'busy');
    await cp(join(cwd, 'first'), folder, { recursive: true });
    const activity = { transactionsPerSec: 73.4, seconds: 7200, during: 'the dump' };
    await writeFile(join(folder, 'facts.json'), JSON.stringify({ ...(await factsIn('first')), activity }));
    await writeManifest(folder, new AbortController().signal);
    const head = `version: 1
name: tiny
snapshot: { source: ${folder} }
load: { versions: { old: workload } }
`;
    const tiny = await tinyRehearsal(
      '  - { phase: expand, soak: 1s }',
      { 'workload/a.sql': 'select 1;' },
      head,
    );
    const { load, snapshot } = await readRehearsal(tiny.dir, { cwd, env: {} }).finally(() => tiny.remove());
    await rm(folder, { recursive: true });
    expect(load.ratePerSec).toBe(73);
    expect(snapshot).toMatchObject({ production: { activity } });
  });

  it('that is larger than the disk is refused before the first byte', async () => {
    const { dump, facts } = (await snapshotFolderAt(join(cwd, 'first'))) ?? expect.fail('no snapshot folder');
    const production = { ...productionOf(facts, {}), bytes: 5 * 1024 ** 5 };
    const failure = await restorer.failure(restorer.restore({ kind: 'file', path: dump, production }));
    expect(failure.code).toBe('DISK_FULL');
    expect(failure.message).toMatch(
      /^\/.*\/first\/dump takes about 5120\.0 TB once it is restored, and the disk of the server’s data has [\d.]+ [GT]B free$/,
    );
  });

  it('that was changed or cut is told by its manifest', async () => {
    const dump = join(cwd, 'second', 'dump');
    const [data = ''] = (await readdir(dump)).filter((name) => name.endsWith('.gz'));
    await appendFile(join(dump, data), 'x');
    await writeFile(join(dump, 'more'), '');
    const { code, stderr } = await rehearse('snapshot', 'verify', 'second');
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /second is not as it was taken: dump\/.*\.gz has \d+ bytes, and not \d+; dump\/more is not in the manifest/,
    );
    const head = `version: 1
name: tiny
snapshot: { source: ${join(cwd, 'second')} }
load: { rate: 10/s, versions: { old: workload } }
`;
    const tiny = await tinyRehearsal(
      '  - { phase: expand, soak: 1s }',
      { 'workload/a.sql': 'select 1;' },
      head,
    );
    await expect(readRehearsal(tiny.dir, { cwd, env: {} })).rejects.toThrow(
      /snapshot\.source: .*second is not as it was taken: dump\/.*\.gz has \d+ bytes, and not \d+; copy the folder again/,
    );
    await writeFile(join(cwd, 'second', 'manifest.json'), '{');
    await expect(readRehearsal(tiny.dir, { cwd, env: {} })).rejects.toThrow(
      'is a snapshot folder, and what it says of itself cannot be read',
    );
    await tiny.remove();
    await rm(join(cwd, 'second', 'manifest.json'));
    expect((await rehearse('snapshot', 'verify', 'second')).stderr).toContain('it has no manifest.json');
    expect(await snapshotFolderAt(join(cwd, 'second'))).toBeUndefined();
  });

  it('is there whole or not at all, and no password is taken as an argument', async () => {
    expect((await rehearse('snapshot', 'take', 'PROD', '--to', 'first')).stderr).toContain(
      'is there already',
    );
    const secret = shown().replace('//', '//reader:swordfish@');
    const shownSecret = await rehearse('snapshot', 'take', secret, '--to', 'third');
    expect(shownSecret.code).toBe(2);
    expect(shownSecret.stderr).toContain(
      'the source has a password in it, which everybody on this machine can see',
    );
    expect(shownSecret.stderr).not.toContain('swordfish');
    const refused = await rehearse('snapshot', 'take', shown().replace('//', '//nobody@'), '--to', 'third');
    expect(refused.code).toBe(3);
    expect((await readdir(cwd)).sort()).toEqual(['first', 'second']);
  });
});
