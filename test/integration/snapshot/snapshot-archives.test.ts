import { cp, readFile, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withConnection } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { needsSystemPostgres, SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';
import { pgDump, runSql, startServer, type TestServer } from './snapshot-fixture.ts';
import { Restorer } from './snapshot-restorer.ts';

/** A tablespace without a folder of its own, PostgreSQL 15. */
const HAS_IN_PLACE = SYSTEM_POSTGRES.version >= 15;

/** A row that passes its own check on the archive's own version only, so that COPY fails on any other version. */
const SCHEMA = `
  create table public.orders as select id, md5(id::text) as name from generate_series(1, 50000) id;
  alter table public.orders add primary key (id);
  create table public.people (name text check (version() like 'PostgreSQL ${SYSTEM_POSTGRES.version}%'));
  insert into public.people values ('Ada Lovelace');`;

describe.skipIf(!needsSystemPostgres('to make archives'))('archives of pg_dump', () => {
  let on: Restorer;
  let old: TestServer;
  let source: PgEndpoint;

  beforeAll(async () => {
    [old, on] = await Promise.all([startServer({ version: SYSTEM_POSTGRES.version }), Restorer.start()]);
    source = await old.create('shop');
    await runSql(source, SCHEMA);
    const file = (name: string): string => `--file=${join(on.folder, name)}`;
    for (const format of ['custom', 'directory', 'tar']) {
      await pgDump(source, [`--format=${format}`, '--table=orders', file(`shop.${format}`)]);
    }
    await pgDump(source, ['--format=custom', file('people.custom')]);
    if (HAS_IN_PLACE) await makePlaced();
    await makeLabelled();
    await pgDump(source, ['--format=directory', '--compress=0', '--table=orders', file('shop.uncompressed')]);
  });

  async function makePlaced(): Promise<void> {
    await withConnection(source, 'setup', async (client) => {
      await client.query('set allow_in_place_tablespaces = on');
      await client.query("create tablespace fast location ''");
      await client.query('create schema placed');
      await client.query(
        'create table placed.near (id int primary key using index tablespace fast) tablespace fast',
      );
      await client.query('create table placed.far (id int)');
    });
    for (const format of ['plain', 'custom', 'directory'])
      await pgDump(source, [
        `--format=${format}`,
        '--schema=placed',
        `--file=${join(on.folder, `placed.${format}`)}`,
      ]);
  }

  /** No label provider is packaged; what stands in the catalog is dumped all the same. */
  async function makeLabelled(): Promise<void> {
    await runSql(
      source,
      `create schema labelled;
      create table labelled.customers (email text);
      insert into pg_seclabel values ('labelled.customers'::regclass, 'pg_class'::regclass, 1, 'anon',
        'MASKED WITH FUNCTION anon.fake_email()');`,
    );
    for (const format of ['plain', 'custom', 'directory'])
      await pgDump(source, [
        `--format=${format}`,
        '--schema=labelled',
        `--file=${join(on.folder, `labelled.${format}`)}`,
      ]);
  }

  afterAll(async () => {
    await on.stop();
    await old.stop();
  });
  afterEach(async () => {
    expect(await on.sessions()).toBe(0);
  });

  it.skipIf(!HAS_IN_PLACE).each(['plain', 'custom', 'directory'])(
    'restores a %s dump with a tablespace that the server lacks into the default one, and says so',
    async (format) => {
      const record = await on.restore({ kind: 'file', path: join(on.folder, `placed.${format}`) });
      expect(record.tables.map(({ name }) => name)).toEqual(['placed.far', 'placed.near']);
      expect(record.warnings).toEqual([
        'Tablespaces that this server does not have were left out, and what lies in them in production lies in the default one: fast.',
      ]);
    },
  );

  it.each(['plain', 'custom', 'directory'])(
    'restores a %s dump with security labels whose provider the server has not loaded, and says so',
    async (format) => {
      const record = await on.restore({ kind: 'file', path: join(on.folder, `labelled.${format}`) });
      expect(record.tables.map(({ name }) => name)).toEqual(['labelled.customers']);
      expect(record.warnings).toEqual([
        'Security labels of providers that this server has not loaded were left out: anon.',
      ]);
    },
  );

  const failureOf = async (name: string): Promise<unknown> =>
    on.failure(on.restore({ kind: 'file', path: join(on.folder, name) }));

  it.each(['custom', 'tar'])(
    'says that a %s archive is truncated, wherever it breaks off',
    async (format) => {
      const whole = await readFile(join(on.folder, `shop.${format}`));
      for (const part of [0.1, 0.3, 0.5, 0.7, 0.9, 0.999]) {
        await writeFile(join(on.folder, 'cut'), whole.subarray(0, Math.floor(whole.length * part)));
        expect(await failureOf('cut'), `cut to ${part}`).toEqual({
          code: 'SNAPSHOT_INVALID',
          message: expect.stringMatching(
            /^cut ends (too early|in the middle of .*): the archive is truncated$/,
          ) as string,
          hint: 'Copy the archive again, or take the dump again.',
        });
      }
      await writeFile(join(on.folder, 'cut'), whole.subarray(0, format === 'tar' ? 530 : 20));
      expect(await failureOf('cut')).toMatchObject({ code: 'SNAPSHOT_INVALID' });
    },
  );

  it.each(['directory', 'uncompressed'])(
    'says that a data file of a %s archive is truncated',
    async (name) => {
      const folder = join(on.folder, `cut-${name}`);
      await cp(join(on.folder, `shop.${name}`), folder, { recursive: true });
      const data = (await readdir(folder)).find((file) => /^\d+\.dat/.test(file)) ?? '';
      for (const bytes of [100_000, 1000, 3, 0]) {
        await truncate(join(folder, data), bytes);
        expect(await failureOf(`cut-${name}`), `cut to ${bytes} bytes`).toMatchObject({
          code: 'SNAPSHOT_INVALID',
          message: expect.stringMatching(/: the archive is truncated$/) as string,
        });
      }
    },
  );

  it.each(['custom', 'directory', 'tar'])(
    'restores the owners, rights and roles of a %s archive, and tells of roles that it made',
    async (format) => {
      const role = (name: string): string => `${format}_${name}`;
      const roles = ['owner', 'reader', 'mapped', 'granted', 'default'].map(role);
      const shop = await old.create(`roles_${format}`);
      await runSql(shop, roles.map((name) => `create role ${name};`).join('\n'));
      await runSql(
        shop,
        `create role ${role('admin')} superuser; create table t (id int); alter table t owner to ${role('owner')};
         alter table t enable row level security; create policy p on t to ${role('reader')} using (true);
         create foreign data wrapper w; create server s foreign data wrapper w;
         create user mapping for ${role('mapped')} server s; grant select on t to ${role('granted')};
         alter default privileges in schema public grant select on tables to ${role('default')};
         create function f() returns event_trigger language plpgsql as 'begin end';
         create event trigger e on ddl_command_end execute function f(); alter event trigger e owner to ${role('admin')};`,
      );
      await pgDump(shop, [`--format=${format}`, `--file=${join(on.folder, `roles.${format}`)}`]);
      const endpoint = await on.server.create(`roles_${format}`);
      const path = join(on.folder, `roles.${format}`);
      const { warnings } = await on.restore({ kind: 'file', path }, { endpoint });
      expect(warnings).toEqual([
        expect.stringMatching(/^Roles that the snapshot names were created without login: /) as string,
      ]);
      for (const name of [...roles, role('admin')]) expect(warnings[0]).toContain(name);
      const { rows } = await withConnection(endpoint, 'setup', (client) =>
        client.query(`select relowner::regrole::text as owner, relacl::text as acl,
          (select polroles::regrole[]::text from pg_policy) as policy, (select usename from pg_user_mappings) as mapped,
          (select count(*)::int from pg_roles where rolcanlogin and rolname like '${format}\\_%') as logins
          from pg_class where oid = 't'::regclass`),
      );
      expect(rows).toMatchObject([
        {
          owner: role('owner'),
          policy: `{${role('reader')}}`,
          mapped: role('mapped'),
          logins: 0,
          acl: expect.stringContaining(`${role('granted')}=r/`) as string,
        },
      ]);
    },
  );

  it('says that an archive of a part lacks what its objects need', async () => {
    const shop = await old.create('part');
    await runSql(shop, 'create schema app; create table app.t (id int);');
    await pgDump(shop, ['--format=custom', '--table=app.t', `--file=${join(on.folder, 'part')}`]);
    expect(await failureOf('part')).toMatchObject({
      message: expect.stringContaining('schema "app" does not exist') as string,
      hint: expect.stringContaining('A partial one (pg_dump -t, -n or --data-only)') as string,
    });
  });

  it('names the object that failed, and no value of its rows', async () => {
    expect(await failureOf('people.custom')).toEqual({
      code: 'RESTORE_FAILED',
      message:
        'people.custom, TABLE DATA people, row 1 of its data: new row for relation "people" violates check constraint "people_check"',
      hint: undefined,
    });
  });

  it('says that a compressed archive breaks off, and what to do with a folder that is none', async () => {
    const archive = await readFile(join(on.folder, 'shop.custom'));
    await writeFile(join(on.folder, 'shop.gz'), gzipSync(archive.subarray(0, archive.length - 600)));
    expect(await failureOf('shop.gz')).toMatchObject({
      code: 'SNAPSHOT_INVALID',
      message: expect.stringMatching(/^shop.gz ends .*: the archive is truncated$/) as string,
    });
    expect(await on.failure(on.restore({ kind: 'file', path: on.folder }))).toMatchObject({
      code: 'SNAPSHOT_INVALID',
      message: ' is a folder, but not an archive of pg_dump',
    });
  });

  it('ends pg_restore when the run is aborted', async () => {
    const stop = new AbortController();
    const abort = (): void => {
      stop.abort(new Error('stopped by the test'));
    };
    // A fast machine is done before it tells of progress.
    const timer = setTimeout(abort, 100);
    const restoring = on.restore(
      { kind: 'file', path: join(on.folder, 'shop.directory') },
      { signal: stop.signal, onProgress: abort },
    );
    await expect(restoring).rejects.toThrow('stopped by the test');
    clearTimeout(timer);
  });
});
