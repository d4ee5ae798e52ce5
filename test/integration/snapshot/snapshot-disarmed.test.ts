import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withConnection } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { needsSystemPostgres, SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';
import { pgDump, runSql } from './snapshot-fixture.ts';
import { Restorer } from './snapshot-restorer.ts';

const ROWS = [{ id: 1 }, { id: 2 }];

/** What reaches the database `outside` in as many ways as there are. */
function armed(address: string, host: string, port: string): string {
  return `
    create extension dblink; create extension postgres_fdw; create extension file_fdw;
    create server billing foreign data wrapper postgres_fdw options (host '${host}', port '${port}', dbname 'outside');
    create server files foreign data wrapper file_fdw;
    create user mapping for public server billing options (user 'caller', password 'Lovelace');
    create foreign table public.invoices (id int) server billing;
    create foreign table public.listing (line text) server files options (program 'echo heard');
    create materialized view public.invoice_ids as select id from public.invoices;
    create table public.orders (id int primary key);
    insert into public.orders values (1), (2);
    create function public.tell() returns trigger language plpgsql as $$
      begin perform public.dblink_exec('${address}', 'insert into invoices values (9)'); new.id := new.id + 100; return new; end $$;
    create trigger told before insert on public.orders for each row execute function public.tell();
    create function public.tell_by_program() returns int language plpgsql as $$
      begin copy (select 1) to program 'true'; return 1; end $$;
    create schema cron;
    create table cron.job (jobid bigint, jobname text, active boolean);
    insert into cron.job values (1, 'nightly', true), (2, null, true), (3, 'off', false);
    create subscription orders_in connection '${address}' publication p with (connect = false);
    create function public.tell_of_ddl() returns event_trigger language plpgsql as $$
      begin perform public.dblink_exec('${address}', 'insert into invoices values (9)'); end $$;
    create function public.harmless() returns event_trigger language plpgsql as $$ begin end $$;
    create event trigger watched on ddl_command_end execute function public.harmless();
    create event trigger told on ddl_command_end execute function public.tell_of_ddl();
    alter event trigger told enable always;
    comment on event trigger told is 'tells';`;
}

const DISARMED = [
  { kind: 'event trigger', name: 'told' },
  { kind: 'foreign server', name: 'billing' },
  { kind: 'foreign table', name: 'public.listing' },
  { kind: 'function', name: 'public.tell_by_program' },
  { kind: 'functions of extension', name: 'dblink' },
  { kind: 'scheduled job', name: 'job 2' },
  { kind: 'scheduled job', name: 'nightly' },
  { kind: 'subscription', name: 'orders_in' },
  { kind: 'user mapping', name: 'billing for public' },
];

describe.skipIf(!needsSystemPostgres('to dump what is armed'))('a dump of what reaches out', () => {
  let on: Restorer;
  let address: string;

  async function query<T extends object>(endpoint: PgEndpoint, sql: string): Promise<T[]> {
    return withConnection(endpoint, 'setup', async (client) => (await client.query<T>(sql)).rows);
  }

  async function heard(): Promise<number> {
    const [found] = await query<{ sessions: number }>(
      on.server.endpoint,
      "select sessions::int from pg_stat_database where datname = 'outside'",
    );
    return found?.sessions ?? 0;
  }

  async function makeOutside(): Promise<void> {
    const outside = await on.server.create('outside');
    await runSql(
      outside,
      'create table public.invoices (id int); insert into public.invoices values (1), (2)',
    );
    await runSql(outside, 'grant all on public.invoices to public');
  }

  beforeAll(async () => {
    on = await Restorer.start({ version: SYSTEM_POSTGRES.version });
    const { host, port } = on.server.endpoint;
    address = `host=${host} port=${port} dbname=outside user=caller password=Lovelace`;
    await runSql(on.server.endpoint, "create role caller superuser login password 'Lovelace'");
    await makeOutside();
    const production = await on.server.create('production');
    await runSql(production, armed(address, host, String(port)));
    for (const format of ['plain', 'custom', 'directory'])
      await pgDump(production, [
        `--format=${format}`,
        '--include-foreign-data=billing',
        `--file=${join(on.folder, format)}`,
      ]);
    expect(await heard()).toBeGreaterThan(2); // it is heard as long as it is armed
    await runSql(production, 'alter subscription orders_in set (slot_name = none)');
    await runSql(production, 'drop subscription orders_in');
    await runSql(on.server.endpoint, 'drop database outside with (force)');
    await makeOutside();
  });

  afterAll(() => on.stop());

  it.each(['plain', 'custom', 'directory'])(
    'is disarmed before a row of it is there, and nothing outside hears of it: %s',
    async (format) => {
      const before = await heard();
      const endpoint = await on.server.create(`from_${format}`);
      const source = { kind: 'file' as const, path: join(on.folder, format) };
      const { disarmed, warnings } = await on.restore(source, { endpoint });
      expect([...(disarmed ?? [])].sort(byText)).toEqual(DISARMED);
      expect(warnings).toEqual([
        'Rows of foreign tables were left out: public.invoices.',
        'Materialized views that read from another server were not filled: public.invoice_ids.',
      ]);

      await runSql(endpoint, 'create table public.later ()'); // its event triggers are off, or harmless
      await runSql(endpoint, 'insert into public.orders values (3)');
      expect(await query(endpoint, 'select id from public.orders order by id')).toEqual([
        ...ROWS,
        { id: 103 },
      ]);
      await expect(query(endpoint, 'select * from public.invoices')).rejects.toMatchObject({ code: '08001' });
      await expect(query(endpoint, 'select * from public.listing')).rejects.toMatchObject({ code: '38000' });
      expect(await query(endpoint, 'select public.tell_by_program() as told')).toEqual([{ told: null }]);
      expect(await query(endpoint, 'select count(*)::int as active from cron.job where active')).toEqual([
        { active: 0 },
      ]);
      const [kept] = await query<{ passwords: string }>(
        endpoint,
        `select (select string_agg(subconninfo, ' ') from pg_subscription) ||
           (select string_agg(umoptions::text || srvoptions::text, ' ') from pg_user_mapping u
              join pg_foreign_server s on s.oid = umserver) as passwords`,
      );
      expect(kept?.passwords).toBe(
        `host=255.255.255.255{password=disarmed,user=caller}{dbname=outside,host=255.255.255.255,port=${on.server.endpoint.port}}`,
      );
      await runSql(endpoint, 'drop subscription orders_in');
      await runSql({ ...on.server.endpoint, database: 'outside' }, 'select');
      await expect.poll(heard).toBeGreaterThan(before); // what connects is counted
      expect(await heard()).toBe(before + 1);
    },
  );

  it.each(['plain', 'custom'])(
    'keeps servers and foreign tables whose wrapper this server lacks, empty and told: %s',
    async (format) => {
      const production = await on.server.create(`wrapped_${format}`);
      await runSql(
        production,
        `create extension file_fdw; create extension postgres_fdw;
         create server files foreign data wrapper file_fdw;
         create server "Legacy" foreign data wrapper postgres_fdw options (host 'legacy.example');
         create user mapping for public server "Legacy" options (user 'caller', password 'Lovelace');
         create foreign table public.ledger (id int) server "Legacy" options (table_name 'l');
         create view public.ledger_ids as select id from public.ledger;
         create table public.orders (id int primary key); insert into public.orders values (1);`,
      );
      const path = join(on.folder, `wrapped.${format}`);
      await pgDump(production, [`--format=${format}`, '--compress=0', `--file=${path}`]);
      const dump = await readFile(path, 'latin1');
      await writeFile(path, dump.replaceAll('postgres_fdw', 'absentia_fdw'), 'latin1'); // as long: an archive tells lengths
      const endpoint = await on.server.create(`hollow_${format}`);
      const { warnings, disarmed } = await on.restore({ kind: 'file', path }, { endpoint });
      expect(warnings).toEqual([
        'The extension absentia_fdw of the snapshot is not available on this server and was left out.',
        'Foreign data wrappers that this server does not have stand empty: their servers and foreign tables are there and cannot be read: absentia_fdw.',
      ]);
      expect(disarmed).toEqual([
        { kind: 'foreign server', name: 'Legacy' },
        { kind: 'user mapping', name: 'Legacy for public' },
      ]);
      await expect(query(endpoint, 'select id from public.ledger_ids')).rejects.toMatchObject({
        code: '55000',
      });
      expect(await query(endpoint, 'select id from public.orders')).toEqual([{ id: 1 }]);
    },
  );

  it('does not connect a subscription that it makes itself', async () => {
    const before = await heard();
    const endpoint = await on.server.create('subscribing');
    const { warnings, disarmed } = await on.restore(
      await on.file(`create table public.t (id int);
        create subscription "In" connection '${address}' publication p;
        create subscription late connection '${address}' publication p with (connect = false);
        alter subscription late enable;
        alter subscription late rename to later;`),
      { endpoint },
    );
    expect(disarmed).toEqual([{ kind: 'subscription', name: 'late' }]);
    expect(warnings).toEqual([
      'Statements that would connect a subscription were left out: CREATE SUBSCRIPTION "In", ALTER SUBSCRIPTION late.',
    ]);
    expect(await query(endpoint, 'select subname, subenabled, subslotname from pg_subscription')).toEqual([
      { subname: 'later', subenabled: false, subslotname: null },
    ]);
    await runSql(endpoint, 'drop subscription later');
    expect(await heard()).toBe(before);
  });
});

function byText(a: { kind: string; name: string }, b: { kind: string; name: string }): number {
  return `${a.kind} ${a.name}`.localeCompare(`${b.kind} ${b.name}`);
}
