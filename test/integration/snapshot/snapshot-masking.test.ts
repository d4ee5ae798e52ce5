import { execa } from 'execa';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SnapshotRecord } from '../../../scripts/artifacts/records/records.ts';
import { withConnection } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { readMask } from '../../../scripts/plan/mask/read-mask.ts';
import type { MaskRules } from '../../../scripts/plan/mask/mask-rules.ts';
import { defined } from '../../../scripts/plan/schema/defined.ts';
import type { Statistics } from '../../../scripts/plan/statistics/statistics.ts';
import { readStatistics } from '../../../scripts/snapshot/statistics/read-statistics.ts';
import { InputError, RehearsalError } from '../../../scripts/shared/errors.ts';
import { restoreSnapshot } from '../../../scripts/snapshot/restore.ts';
import { needsSystemPostgres, SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';
import { CANARY, RULES, SCHEMA } from './masking-canaries.ts';
import { pgDump, runSql, startServer, type TestServer } from './snapshot-fixture.ts';

describe.skipIf(!needsSystemPostgres('to make dumps'))('a snapshot that is masked', () => {
  let folder: string;
  let source: TestServer;
  let server: TestServer;
  let databases = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'masking-test-'));
    [source, server] = await Promise.all([startServer({ version: SYSTEM_POSTGRES.version }), startServer()]);
    const shop = await source.create('shop');
    await runSql(shop, SCHEMA);
    await pgDump(shop, [`--file=${join(folder, 'shop.sql')}`]);
    await pgDump(shop, ['--format=custom', `--file=${join(folder, 'shop.dump')}`]);
    await pgDump(shop, ['--format=directory', `--file=${join(folder, 'shop.dir')}`]);
    await pgDump(shop, ['--inserts', `--file=${join(folder, 'inserts.sql')}`]);
    vi.stubEnv('REHEARSE_MASK_KEY', 'a key of the tests, not of anybody');
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await Promise.all([source.stop(), server.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  function rulesOf(text: string): MaskRules {
    const { rules, mistakes } = readMask(text, 'mask.yaml', () => undefined);
    if (rules === undefined) throw new InputError(mistakes);
    return rules;
  }

  async function restore(
    name: string,
    rules = RULES,
    statistics?: Statistics,
  ): Promise<{ record: SnapshotRecord; database: PgEndpoint }> {
    databases += 1;
    const database = await server.create(`masked${databases}`);
    const record = await restoreSnapshot({
      environment: {},
      enclose: null,
      source: { kind: 'file', path: join(folder, name), mask: rulesOf(rules), ...defined({ statistics }) },
      dir: folder,
      endpoint: database,
      settings: [],
      jobs: 2,
      scratchDir: folder,
      signal: AbortSignal.timeout(100_000),
      onProgress: () => undefined,
    });
    return { record, database };
  }

  async function failure(restoring: Promise<unknown>): Promise<string> {
    const error: unknown = await restoring.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof RehearsalError)) throw new Error(`not a RehearsalError: ${String(error)}`);
    expect(JSON.stringify([error.message, error.hint, error.stack, error.cause ?? null])).not.toContain(
      'Lovelace',
    );
    return error.message;
  }

  async function facts(database: PgEndpoint): Promise<unknown> {
    return withConnection(database, 'setup', async (client) => {
      const { rows } = await client.query(`select
        (select count(*)::int from people) as people,
        (select count(distinct lower(email))::int from people) as mails,
        (select count(*)::int from people join visits using (email)) as visits,
        (select bool_and(email like '%.test') from people) as nowhere,
        (select count(distinct extract(year from born))::int from people) as years,
        (select bool_and(extract(doy from born) = 1) from people) as first_days,
        (select count(*)::int from people where note is null) as without_note,
        (select count(distinct note)::int from people) as notes,
        (select array_agg(distinct host) from visits) as hosts,
        (select count(distinct tags[2])::int from people where tags[3] is null and array_length(tags, 1) = 3) as tags,
        (select array_agg(distinct k) from people, jsonb_object_keys(document) as k) as keys,
        (select min(label) from parts) as part,
        (select sum(length(name))::int from people) as name_length,
        (select count(distinct (h -> 'first_name', h ? 'none', (p).zip, (ps[1]).street, ls, raws))::int from wares where h -> 'none' is null) as wares,
        (select array_agg(distinct (length(raw), length(big))::text) from wares where id > 99) as ware_lengths,
        (select count(*)::int from (select p::text as t from people p union all select v::text from visits v union all
          select w::text || encode(raw, 'escape') || encode(raws[1], 'escape') || shout from wares w) as all_rows
          where t ~* 'lovelace') as canaries`);
      return rows[0] as unknown;
    });
  }

  it.each(['shop.sql', 'shop.dump', 'shop.dir'])(
    '%s has no value of a column with a rule, and what holds them together',
    async (name) => {
      const { record, database } = await restore(name);
      const length = Array.from({ length: 3000 }, (_, i) => `${CANARY} ${i + 1}`.length).reduce(
        (a, b) => a + b,
      );
      expect(await facts(database)).toEqual({
        people: 3000,
        mails: 3000,
        visits: 3000,
        nowhere: true,
        years: 9,
        first_days: true,
        without_note: 1500,
        notes: 1500,
        hosts: ['gone'],
        tags: 3000,
        keys: ['first_name', 'n'],
        part: 'part 1',
        name_length: length,
        wares: 500,
        ware_lengths: [`(${CANARY.length + 7},${CANARY.length + 6400})`],
        canaries: 0,
      });
      expect(record.warnings).toEqual([
        expect.stringMatching(
          /^23 columns \(6,500 rows\) were masked by mask.yaml with the key [0-9a-f]{8}: values, and what follows from them, differ from production’s\.$/,
        ),
      ]);
    },
  );

  it('tells how far the masked columns are from what was read, and no value', async () => {
    const { record } = await restore('shop.dump');
    const { against, tables, unknown } = record.drift ?? { tables: [] };
    expect({ against, unknown }).toEqual({ against: 'what masking read', unknown: [] });
    expect(tables.map(({ name, rows }) => [name, rows?.after])).toEqual([
      ['public.people', 3000],
      ['public.visits_new', 1302],
      ['public.visits_old', 1698],
      ['public.wares', 500],
    ]);
    const of = (table: number, column: string) => tables[table]?.columns.find(({ name }) => name === column);
    expect(of(0, 'note')?.nullFraction).toEqual({ before: 0.5, after: 0.5 });
    expect(of(0, 'email')?.distinct).toEqual({ before: 3000, after: 3000 });
    expect(of(0, 'born')?.distinct).toEqual({ before: 3000, after: 9 });
    expect(of(2, 'host')?.commonest).toEqual({ before: 1, after: 1 });
    expect(of(2, 'host')?.widthBytes).toEqual({ before: CANARY.length, after: 4 });
    expect(JSON.stringify(record.drift)).not.toMatch(/Lovelace|gone|mail\.example/);
  });

  it('held against production’s statistics tells what differs in the database that was restored', async () => {
    const shop = { ...source.endpoint, database: 'shop' };
    const statistics = await withConnection(shop, 'setup', async (client) => {
      await client.query('analyze');
      return readStatistics(client);
    });
    expect(JSON.stringify(statistics)).not.toMatch(/Lovelace|mail.example|part 1/);
    expect(statistics.tables.find(({ table }) => table === 'people')?.columns[10]).toMatchObject({
      name: 'note',
      histogram: null,
    });
    const { record } = await restore('shop.dump', RULES, statistics);
    const people = record.drift?.tables.find(({ name }) => name === 'public.people');
    expect(record.drift?.against).toBe('statistics');
    expect(people?.rows).toEqual({ before: 3000, after: 3000 });
    expect(people?.columns.map(({ name }) => name)).toHaveLength(12);
    expect(people?.columns.find(({ name }) => name === 'born')?.distinct).toEqual({ before: 3000, after: 9 });
  });

  it('leaves none of them in the files of the server', async () => {
    await restore('shop.sql');
    await withConnection(server.endpoint, 'setup', (client) => client.query('checkpoint'));
    const dataFolder = await withConnection(server.endpoint, 'setup', async (client) => {
      const { rows } = await client.query<{ data_directory: string }>('show data_directory');
      return rows[0]?.data_directory ?? '';
    });
    const inside = await execa('grep', ['-rlaF', 'part 17', dataFolder], { reject: false });
    expect(inside.stdout).not.toBe('');
    const found = await execa('grep', ['-rlaiF', CANARY, dataFolder], { reject: false });
    expect(found.stdout).toBe('');
  });

  it('is stopped by columns that look personal and have no rule, all of them at once and before a row of their tables went in', async () => {
    const rules = `version: 1\ncolumns: { people.email: email, visits.email: email }\nkeep: [people.seen, people.addresses]\n`;
    const message = await failure(restore('shop.sql', rules));
    expect(message.split('\n').map((line) => line.replace(/, \d+ of \d+ values looked at/, ''))).toEqual([
      'mask.yaml public.people.born: looks personal (date of birth, by its name) and has no rule; write one under columns, or the column under keep',
      expect.stringContaining('public.people.document: looks personal (person’s name, by a key in it)'),
      'mask.yaml public.people.name: looks personal (person’s name, by its name) and has no rule; write one under columns, or the column under keep',
      expect.stringContaining('public.people.secret: looks personal (credential, by its name)'),
      expect.stringContaining('public.people.tel: looks personal (telephone number)'),
      expect.stringContaining('public.wares.h: looks personal (person’s name, by a key in it)'),
      expect.stringContaining('public.wares.p: looks personal (postal address, by its attribute street)'),
      expect.stringContaining('public.wares.ps: looks personal (postal address, by its attribute street)'),
      expect.stringContaining('public.wares.x: looks personal (person’s name, by a key in it)'),
    ]);
    const left = await withConnection(
      { ...server.endpoint, database: `masked${databases}` },
      'setup',
      async (client) =>
        (await client.query<{ count: number }>('select count(*)::int from people')).rows[0]?.count,
    );
    expect(left).toBe(0);
  });

  it('is stopped by rules that it has no column for, or of another type', async () => {
    const rules = `${RULES}  people.mail: email\n  persons.email: email\n  people.code: email\nkeep: [parts.labels]\n`;
    expect((await failure(restore('shop.dump', rules))).split('\n')).toEqual([
      'mask.yaml:24 people.mail: public.people has no column mail',
      'mask.yaml:25 persons.email: the snapshot has no table public.persons',
      'mask.yaml:26 people.code: email cannot be done to a column of type integer; write scramble or null',
      'mask.yaml:27 parts.labels: public.parts has no column labels',
    ]);
  });

  it('says where the two ends of a foreign key are masked in different ways', async () => {
    const rules = RULES.replace('visits.email: email', 'visits.email: hash');
    expect(await failure(restore('shop.sql', rules))).toBe(
      'mask.yaml public.visits.email refers to public.people.email: give both the same rule, or none',
    );
  });

  it('is refused where its rows do not stand in COPY', async () => {
    expect(await failure(restore('inserts.sql'))).toMatch(
      /^inserts.sql line \d+ holds rows outside of COPY, which cannot be masked$/,
    );
    await writeFile(
      join(folder, 'lo.sql'),
      "create table public.t (a int);\nselect pg_catalog.lo_open(lo_create(7), 131072);\nselect pg_catalog.lowrite(0, '\\x4c6f76656c616365');\n",
    );
    expect(await failure(restore('lo.sql', 'version: 1\n'))).toMatch(
      /^lo.sql line 3 holds rows outside of COPY/,
    );
    await writeFile(
      join(folder, 'odd.sql'),
      'create table public.t (a int, b text);\ncopy public.t from stdin;\n1\tx\nLovelace\n\\.\n',
    );
    expect(await failure(restore('odd.sql', 'version: 1\ncolumns: { t.b: hash }\n'))).toBe(
      'odd.sql: row 2 of public.t does not have the columns of its table',
    );
    await writeFile(
      join(folder, 'odd.sql'),
      'create table public.t (a int, b date);\ncopy public.t from stdin;\n1\tLovelace 1815\n\\.\n',
    );
    expect(await failure(restore('odd.sql', 'version: 1\ncolumns: { t.b: scramble }\n'))).toBe(
      'odd.sql: row 1 of public.t has a value of b that is not written as pg_dump writes it',
    );
  });
});
