import { execa } from 'execa';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childEnvironment } from '../../../scripts/commands/child-environment.ts';
import { withConnection } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import type { SnapshotSource } from '../../../scripts/plan/model.ts';
import { needsSystemPostgres, SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';
import { runSql, startServer, type TestServer } from './snapshot-fixture.ts';
import { Restorer } from './snapshot-restorer.ts';

const ROLES = `
create role app login password 'Lovelace1815' connection limit 7;
create role auditor superuser valid until '2030-01-01';
create role "it's; password 'x'" nologin;
grant auditor to app with admin option;
alter role app set statement_timeout = '5s';
alter role auditor set session_preload_libraries = 'auto_explain';
alter role postgres set search_path = 'nowhere';
alter database shop set work_mem = '7MB';
alter database shop set session_preload_libraries = 'auto_explain';
alter role app in database shop set work_mem = '9MB';`;
const ORDERS = `
create table public.orders (id int primary key);
alter table public.orders owner to app;
insert into public.orders select generate_series(1, 10);`;

describe.skipIf(!needsSystemPostgres('to make dumps'))(
  `a text of pg_dumpall of PostgreSQL ${SYSTEM_POSTGRES.version}`,
  () => {
    let old: TestServer;
    let on: Restorer;
    let path: string;

    beforeAll(async () => {
      [old, on] = await Promise.all([startServer({ version: SYSTEM_POSTGRES.version }), Restorer.start()]);
      const shop = await old.create('shop');
      const crm = await old.create('crm');
      await runSql(old.endpoint, ROLES);
      await runSql(shop, ORDERS);
      await runSql(
        crm,
        "create table public.people (name text); insert into public.people values ('Lovelace')",
      );
      path = join(on.folder, 'all.sql');
      await dumpAll(old.endpoint, path);
      const text = await readFile(path, 'utf8');
      // No tablespace can be made in the closed cell of a test's server.
      const tablespace = "CREATE TABLESPACE fast OWNER postgres LOCATION '/srv/fast';\n\n";
      await writeFile(path, text.replace('\\unrestrict', `${tablespace}\\unrestrict`));
    });

    afterAll(async () => {
      await old.stop();
      await on.stop();
    });

    it('gives the database that is asked for, with the cluster’s roles but no password, and its settings', async () => {
      const endpoint = await on.server.create('rehearsed');
      const source: SnapshotSource = { kind: 'file', path, database: 'shop' };
      const record = await on.restore(source, { endpoint });
      expect(record.tables).toMatchObject([{ name: 'public.orders', rows: 10 }]);
      expect(record.owners).toEqual([{ role: 'app', tables: 1 }]);
      expect(record.warnings.map((line) => line.replace(/line \d+/g, 'line n'))).toEqual([
        'Passwords of roles were left out.',
        'What the dump says of the role postgres, as whom the rehearsal works, was left out.',
        'Roles that are superusers here, as in production: auditor.',
        'Tablespaces were not made, what lies in them lies in the default one: fast.',
        'Settings that load a library into every session were left out: ALTER ROLE (line n), ALTER DATABASE (line n).',
        'Of the databases in the dump, shop was restored; with tables, and not restored: crm.',
      ]);
      const { rows } = await withConnection(endpoint, 'setup', (client) =>
        client.query(`select rolname, rolsuper, rolconnlimit, rolpassword is null as open,
            (select array_agg((setdatabase = (select oid from pg_database where datname = 'rehearsed')) || ' ' || setconfig::text order by 1)
               from pg_db_role_setting where setrole = r.oid) as settings
          from pg_authid r where rolname !~ '^(pg_|rehearse)' order by 1`),
      );
      expect(rows).toEqual([
        {
          rolname: 'app',
          rolsuper: false,
          rolconnlimit: 7,
          open: true,
          settings: ['false {statement_timeout=5s}', 'true {work_mem=9MB}'],
        },
        { rolname: 'auditor', rolsuper: true, rolconnlimit: -1, open: true, settings: null },
        { rolname: "it's; password 'x'", rolsuper: false, rolconnlimit: -1, open: true, settings: null },
        { rolname: 'postgres', rolsuper: true, rolconnlimit: -1, open: false, settings: null },
      ]);
      const member = await withConnection(endpoint, 'setup', (client) =>
        client.query(
          "select pg_has_role('app', 'auditor', 'member') as is, current_setting('work_mem') as work_mem",
        ),
      );
      expect(member.rows).toEqual([{ is: true, work_mem: '7MB' }]);
    });

    it('is refused with the names of all its databases where it is not clear which one is meant', async () => {
      expect(await on.failure(on.restore({ kind: 'file', path }))).toEqual({
        code: 'SNAPSHOT_INVALID',
        message: 'all.sql holds more than one database: crm, postgres, rehearsal, shop',
        hint: 'Say which one to rehearse: snapshot: { database: crm }',
      });
      expect(await on.failure(on.restore({ kind: 'file', path, database: 'shp' }))).toMatchObject({
        message: 'all.sql holds no database shp: it holds crm, postgres, rehearsal, shop',
      });
    });

    it('gives the only database beside those that every server has, in any compression', async () => {
      const alone = join(on.folder, 'alone.sql');
      await dumpAll(old.endpoint, alone, ['--exclude-database=crm', '--exclude-database=rehearsal']);
      await execa('gzip', [alone]);
      const { tables } = await on.restore({ kind: 'file', path: `${alone}.gz` });
      expect(tables).toMatchObject([{ name: 'public.orders', rows: 10 }]);
    });
  },
);

async function dumpAll(endpoint: PgEndpoint, file: string, more: readonly string[] = []): Promise<void> {
  await execa(join(SYSTEM_POSTGRES.binDir, 'pg_dumpall'), [`--file=${file}`, ...more], {
    env: childEnvironment(endpoint, 'command', { inherited: process.env }),
  });
}
