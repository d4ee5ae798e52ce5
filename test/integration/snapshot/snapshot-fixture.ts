import { join } from 'node:path';
import { SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';
import { execa } from 'execa';
import { embeddedTarget } from '../../../infra/targets/embedded/embedded-target.ts';
import { newRunId } from '../../../scripts/artifacts/run-id.ts';
import { withConnection } from '../../../scripts/pg/client.ts';
import { childEnvironment } from '../../../scripts/commands/child-environment.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import type { PostgresSpec } from '../../../scripts/plan/model.ts';

const AN_HOUR_MS = 3_600_000;

export interface TestServer {
  readonly endpoint: PgEndpoint;
  /** A new empty database. */
  create(database: string): Promise<PgEndpoint>;
  stop(): Promise<void>;
}

/** A real server of a chosen version; `stop` leaves nothing of it. */
export async function startServer(postgres: Partial<PostgresSpec> = {}): Promise<TestServer> {
  const environment = embeddedTarget.environment({
    runId: newRunId('test'),
    postgres: { settings: [], standby: false, ...postgres },
    hosts: {},
    expiresAt: new Date(Date.now() + AN_HOUR_MS).toISOString(),
  });
  try {
    const running = await environment.up(AbortSignal.timeout(AN_HOUR_MS));
    await running.switchTo('restore', AbortSignal.timeout(AN_HOUR_MS));
    const { primary } = running;
    return {
      endpoint: primary,
      create: async (database) => {
        await withConnection(primary, 'setup', (client) =>
          client.query(`create database ${client.escapeIdentifier(database)}`),
        );
        return { ...primary, database };
      },
      stop: () => environment.destroy(),
    };
  } catch (error) {
    await environment.destroy();
    throw error;
  }
}

/** A production database with what dumps stumble over. */
export const ODD_SCHEMA = String.raw`
create role shop_owner nologin; create role shop_reader nologin;
create extension pg_trgm; comment on extension pg_trgm is 'similarity; of text';
create schema "Odd; schema";
create sequence public.invoice_number start 1000 increment 7;
create type public.mood as enum ('calm', 'it''s; odd');
create table public.customers (
  id int generated always as identity primary key,
  name text not null,
  upper_name text generated always as (upper(name)) stored,
  mood public.mood default 'calm',
  tags text[] default '{}',
  document jsonb
);
alter table public.customers owner to shop_owner;
grant select on public.customers to shop_reader;
create table public.orders (
  id bigint primary key default nextval('public.invoice_number'),
  customer_id int not null references public.customers,
  total numeric(10, 2) check (total >= 0),
  note text default 'a;b',
  placed timestamptz default '2024-02-29 12:00:00+00',
  raw bytea
) partition by range (id);
create table public.orders_low partition of public.orders for values from (minvalue) to (5000);
create table public.orders_high partition of public.orders for values from (5000) to (maxvalue);
create table "Odd; schema"."Tab""le;" ("col;1" text, "select" int);
create table public.nothing ();
create table public.empty_table (id int);
create function public.touch() returns trigger language plpgsql as $body$
begin
  -- a comment; with 'quotes and $$ dollars $$
  new.note := coalesce(new.note, '') || ';touched';
  return new;
end; $body$;
create function public.total_of(customer int) returns numeric language sql stable
  begin atomic
    select 1;
    select case when count(*) > 0 then sum(total) else 0 end from public.orders where customer_id = customer;
  end;
create procedure public.nothing_to_do() language sql as $$ select 1; select 2; $$;
create view public.big_orders as select id, total from public.orders where total > 50 and note <> ';';
create materialized view public.totals as select customer_id, sum(total) as total from public.orders group by 1;
create trigger touch before update on public.orders for each row execute function public.touch();
create rule odd_rule as on update to public.empty_table do also (select 1; select 2);
create index orders_note on public.orders (note) where note <> 'x;y';
create index customers_name on public.customers using gin (name gin_trgm_ops);
comment on table public.orders is E'orders; "all" of\nthem \\ ''quoted''';
insert into public.customers (name, mood, tags, document)
  select case i % 7 when 0 then E'tab\t newline\n return\r backslash\\ \\. \\N' when 1 then 'Zoë 🦆 naïve' when 2 then '' when 3 then '\.'
    else 'name ' || i end, case when i % 5 = 0 then 'it''s; odd' end::public.mood, array['a,b', 'c"d', null],
    jsonb_build_object('k', i, 'q', 'x"y\z')
  from generate_series(1, 2000) i;
insert into public.orders (customer_id, total, note, raw)
  select 1 + i % 2000, (i % 997) / 10.0, case when i % 11 = 0 then repeat('long; text ', 20000) when i % 3 = 0 then null else ';' end,
    decode(md5(i::text), 'hex') from generate_series(1, 3000) i where i % 11 <> 0 or i < 100;
insert into "Odd; schema"."Tab""le;" values (E'\\.', 1), (null, null), ('\\.', 3), (E'a\n\\.\nb', 4);
insert into public.nothing default values; insert into public.nothing default values;
refresh materialized view public.totals;
select lo_from_bytea(0, 'large; object');
analyze;
`;

/** Runs SQL of several statements as one batch. */
export async function runSql(endpoint: PgEndpoint, sql: string): Promise<void> {
  await withConnection(endpoint, 'setup', (client) => client.query(sql));
}

/** pg_dump of the distribution's PostgreSQL. */
export async function pgDump(endpoint: PgEndpoint, args: readonly string[]): Promise<void> {
  await execa(join(SYSTEM_POSTGRES.binDir, 'pg_dump'), args, {
    env: childEnvironment(endpoint, 'command', { inherited: process.env }),
  });
}

/** What a database holds, as text that is the same for the same content: each table's rows hashed, and its objects' definitions. */
export async function fingerprint(endpoint: PgEndpoint): Promise<Record<string, string>> {
  return withConnection(endpoint, 'setup', async (client) => {
    const found: Record<string, string> = {};
    const { rows: tables } = await client.query<{ name: string; columns: string }>(
      `select oid::regclass::text as name, case relkind when 'S' then 'last_value, is_called' else '*' end as columns from pg_class where relkind in ('r', 'm', 'v', 'S')
         and relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)`,
    );
    for (const { name, columns } of tables) {
      const { rows } = await client.query<{ hash: string }>(
        `select count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '-') as hash from (select ${columns} from ${name}) t`,
      );
      found[`rows of ${name}`] = rows[0]?.hash ?? '';
    }
    const { rows: objects } = await client.query<{ what: string; definition: string | null }>(
      `select 'index ' || indexrelid::regclass as what, pg_get_indexdef(indexrelid) as definition from pg_index
         where indrelid::regclass::text ~ 'orders|customers'
       union all select 'constraint ' || conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) from pg_constraint
         where conrelid <> 0 and contype <> 'n' and connamespace = 'public'::regnamespace
       union all select 'routine ' || oid::regprocedure, coalesce(pg_get_function_sqlbody(oid), prosrc) from pg_proc
         where pronamespace = 'public'::regnamespace and probin is null
       union all select 'trigger ' || tgname || tgrelid::regclass, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
       union all select 'rule ' || rulename, pg_get_ruledef(oid) from pg_rewrite where rulename = 'odd_rule'
       union all select 'comment', obj_description('public.orders'::regclass)
       union all select 'enum', enum_range(null::public.mood)::text
       union all select 'large objects', string_agg(encode(lo_get(oid), 'escape'), ',') from pg_largeobject_metadata`,
    );
    for (const { what, definition } of objects) found[what] = definition ?? '';
    return found;
  });
}
