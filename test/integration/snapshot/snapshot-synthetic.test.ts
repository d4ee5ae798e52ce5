import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SnapshotRecord } from '../../../scripts/artifacts/records/records.ts';
import { withConnection } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import type { SnapshotSource } from '../../../scripts/plan/model.ts';
import { readRehearsal } from '../../../scripts/plan/read.ts';
import type { Statistics } from '../../../scripts/plan/statistics/statistics.ts';
import { readStatistics } from '../../../scripts/snapshot/statistics/read-statistics.ts';
import { tinyRehearsal } from '../../support/tiny-rehearsal.ts';
import { runSql } from './snapshot-fixture.ts';
import { Restorer } from './snapshot-restorer.ts';

const TABLES = `
create type public.state as enum ('new', 'paid', 'sent');
create domain public.email as text check (value ~ '^[a-z0-9._]+@[a-z0-9.]+$');
create table public.tenants (id serial, name text not null, country char(2) not null check (country ~ '^[A-Z]{2}$'));
create table public.customers (tenant_id int not null, id bigint generated always as identity, email public.email not null,
  born date check (born > '1900-01-01'), parent_id bigint, is_default boolean not null, ip inet, tags text[], meta jsonb not null);
create table public.products (tenant_id int not null, id int not null, sku text not null check (sku ~ '^[A-Z]{3}-[0-9]{5}$'), body text);
create table public.orders (tenant_id int not null, id bigserial, customer_id bigint not null, state public.state not null,
  kind text not null default 'web' check (kind in ('web', 'shop', 'phone')), starts timestamptz not null, ends timestamptz not null,
  paid_at timestamptz, check (starts < ends), check ((state = 'paid') = (paid_at is not null)));
create table public.items (tenant_id int not null, order_id bigint not null, line_no int not null check (line_no > 0),
  product_id int not null, qty int not null check (qty between 1 and 20), price numeric(10,2) not null, total numeric(14,2) not null,
  twice numeric generated always as (price * 2) stored, check (total = price * qty));
create table public.events (id uuid not null, at timestamptz not null, kind text) partition by range (at);
create table public.events_1 partition of public.events for values from ('2024-01-01') to ('2025-01-01');
create table public.events_2 partition of public.events for values from ('2025-01-01') to ('2026-01-01');
`;
const KEYS = `
alter table only public.tenants add constraint tenants_pkey primary key (id);
alter table only public.tenants add constraint tenants_name_key unique (name);
alter table only public.customers add constraint customers_pkey primary key (tenant_id, id);
alter table only public.customers add constraint customers_email_key unique (tenant_id, email);
alter table only public.products add constraint products_pkey primary key (tenant_id, id);
alter table only public.orders add constraint orders_pkey primary key (tenant_id, id);
alter table only public.items add constraint items_pkey primary key (tenant_id, order_id, line_no);
alter table only public.events add constraint events_pkey primary key (id, at);
create unique index one_default on public.customers (tenant_id) where is_default;
alter table only public.customers add constraint customers_tenant_fkey foreign key (tenant_id) references public.tenants (id);
alter table only public.customers add constraint customers_parent_fkey foreign key (tenant_id, parent_id) references public.customers (tenant_id, id);
alter table only public.products add constraint products_tenant_fkey foreign key (tenant_id) references public.tenants (id);
alter table only public.orders add constraint orders_customer_fkey foreign key (tenant_id, customer_id) references public.customers (tenant_id, id);
alter table only public.items add constraint items_order_fkey foreign key (tenant_id, order_id) references public.orders (tenant_id, id);
alter table only public.items add constraint items_product_fkey foreign key (tenant_id, product_id) references public.products (tenant_id, id);
`;
const ROWS = `
select setseed(0.5);
insert into public.tenants (name, country) select 'Lovelace ' || i, 'DE' from generate_series(1, 10) i;
insert into public.customers (tenant_id, email, born, is_default, ip, tags, meta)
  select 1 + floor(10 * power(random(), 2)), 'lovelace' || i || '@example.org', case when random() < 0.6 then date '1950-01-01' + i end, i <= 10 and false,
         '10.0.0.1', array['a', 'b'], jsonb_build_object('n', i) from generate_series(1, 2000) i;
insert into public.products select t, i, 'ABC-' || lpad((t * 100 + i)::text, 5, '0'), (select string_agg(md5(g::text || i || t), '') from generate_series(1, 120) g)
  from generate_series(1, 10) t, generate_series(1, 20) i;
insert into public.orders (tenant_id, customer_id, state, kind, starts, ends, paid_at)
  select tenant_id, id, s, case when random() < 0.9 then 'web' else 'shop' end, d, d + interval '2 days', case when s = 'paid' then d end
    from (select c.*, (array['new', 'paid', 'sent'])[1 + floor(random() * 3)]::public.state s, timestamptz '2024-01-01' + random() * interval '500 days' d
            from public.customers c, generate_series(1, 3) where random() < 0.7) x;
insert into public.items (tenant_id, order_id, line_no, product_id, qty, price, total)
  select tenant_id, id, l, 1 + floor(random() * 20), q, p, p * q
    from (select o.*, l, 1 + floor(random() * 9)::int q, round((1 + random() * 99)::numeric, 2) p from public.orders o, generate_series(1, 3) l where random() < 0.7) x;
insert into public.events select gen_random_uuid(), timestamptz '2024-01-01' + random() * interval '700 days', 'Lovelace' from generate_series(1, 2000);
vacuum analyze;`;

let restorer: Restorer;
let production: PgEndpoint;
let statistics: Statistics;

beforeAll(async () => {
  restorer = await Restorer.start();
  production = await restorer.server.create('production');
  await runSql(production, TABLES + KEYS);
  for (const part of ROWS.split(';\n')) await runSql(production, part);
  statistics = await withConnection(production, 'setup', readStatistics);
  await mkdir(join(restorer.folder, 'shop'));
  await writeFile(join(restorer.folder, 'shop', 'schema.sql'), TABLES + KEYS);
  await writeFile(join(restorer.folder, 'shop', 'statistics.json'), JSON.stringify(statistics));
});
afterAll(() => restorer.stop());

const source = (change: Partial<Extract<SnapshotSource, { kind: 'synthetic' }>> = {}): SnapshotSource => ({
  kind: 'synthetic',
  path: join(restorer.folder, 'shop', 'schema.sql'),
  statistics,
  scale: 1,
  seed: 1,
  ...change,
});

const made = async (
  name: string,
  from: SnapshotSource,
): Promise<{ record: SnapshotRecord; endpoint: PgEndpoint }> => {
  const endpoint = await restorer.server.create(name);
  return { record: await restorer.restore(from, { endpoint }), endpoint };
};

const one = async (endpoint: PgEndpoint, sql: string): Promise<unknown> =>
  withConnection(endpoint, 'setup', async (client) => {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return Object.values(rows[0] ?? {})[0];
  });

const EVERYTHING = `select md5(string_agg(row, ',' order by row)) from (
  select i::text as row from public.items i union all select c::text from public.customers c union all select e::text from public.events e) x`;

it('rows are made from schema and statistics alone, meet all keys and checks, and are as near as the drift says', async () => {
  const { record, endpoint } = await made('near', source());
  expect(record.kind).toBe('synthetic');
  expect(record.warnings.join('\n')).toMatch(
    /^All [\d,]+ rows were made from schema and statistics, as many as in production/m,
  );
  const rows = Object.fromEntries(record.tables.map((table) => [table.name, table.rows]));
  expect(rows).toEqual(
    Object.fromEntries(statistics.tables.map((each) => [`${each.schema}.${each.table}`, each.rows])),
  );
  // All constraints are there and hold: PostgreSQL made each over the rows.
  const constraints =
    'select count(*)::int from pg_constraint where connamespace = $$public$$::regnamespace and convalidated';
  expect(await one(endpoint, constraints)).toBe(await one(production, constraints));
  expect(await one(endpoint, 'select count(*)::int from public.items where total <> price * qty')).toBe(0);
  expect(
    await one(endpoint, 'select max(id) - (select last_value from public.orders_id_seq) from public.orders'),
  ).toBe('0');
  const text =
    'select count(*)::int from public.tenants t, public.customers c where (t::text || c::text) ~* $$lovelace$$';
  expect(await one(endpoint, text)).toBe(0);
  const columns =
    record.drift?.tables.flatMap((table) => table.columns.map((column) => ({ ...column, of: table.name }))) ??
    [];
  const far = columns.filter(({ nullFraction }) => Math.abs(nullFraction.before - nullFraction.after) > 0.05);
  expect(far.map(({ of, name }) => `${of}.${name}`)).toEqual([]);
  const [products] = record.drift?.tables.filter(({ name }) => name === 'public.products') ?? [];
  expect((products?.toastBytes?.after ?? 0) / (products?.toastBytes?.before ?? 1)).toBeCloseTo(1, 0);
});

it('the same seed makes the same rows, another one others, and a scale fewer', async () => {
  const [first, again, other] = await Promise.all([
    made('seed_a', source({ scale: 0.1 })),
    made('seed_b', source({ scale: 0.1 })),
    made('seed_c', source({ scale: 0.1, seed: 2 })),
  ]);
  expect(first.record.tables.find(({ name }) => name === 'public.customers')?.rows).toBe(200);
  expect(await one(again.endpoint, EVERYTHING)).toBe(await one(first.endpoint, EVERYTHING));
  expect(await one(other.endpoint, EVERYTHING)).not.toBe(await one(first.endpoint, EVERYTHING));
});

it('a schema that was written by hand has its keys before the rows, also those that exclude', async () => {
  const path = join(restorer.folder, 'hand.sql');
  await writeFile(
    path,
    `create table public.b (id int primary key, up int references public.b);
     create table public.a (id int primary key, b_id int not null references public.b unique);
     create extension btree_gist;
     create table public.c (id int primary key, room int not null, during daterange not null, exclude using gist (room with =, during with &&));
     create table public.d (at tsrange not null, exclude using gist (at with &&));`,
  );
  const table = (name: string, rows: number) => ({
    schema: 'public',
    table: name,
    rows,
    heapBytes: 8192,
    toastBytes: 0,
    indexBytes: 0,
    columns: [],
  });
  const tables = [table('a', 40), table('b', 50), table('c', 300), table('d', 300)];
  const { tables: rows } = await restorer.restore(source({ path, statistics: { ...statistics, tables } }));
  expect(rows.map((each) => each.rows)).toEqual([40, 50, 300, 300]);
});

it('what cannot be made is told by name, all at once', async () => {
  const path = join(restorer.folder, 'odd.sql');
  await writeFile(
    path,
    `create function public.fine(text) returns boolean immutable language sql as 'select md5($1) like ''0%''';
     create table public.a (id int primary key, code text not null check (public.fine(code)));
     create table public.b (id int primary key, at pg_lsn not null, during tsrange, exclude using gist (during with -|-));`,
  );
  const table = (name: string) => ({
    schema: 'public',
    table: name,
    rows: 50,
    heapBytes: 8192,
    toastBytes: 0,
    indexBytes: 0,
    columns: [],
  });
  const tables = ['a', 'b', 'gone'].map(table);
  const failure = await restorer.failure(
    restorer.restore(source({ path, statistics: { ...statistics, tables } })),
  );
  expect(failure.code).toBe('SNAPSHOT_INVALID');
  expect(failure.message).toMatch(/^no data can be made by odd\.sql:\n/);
  expect(failure.message).toContain('- public.gone is in the statistics and not in the schema');
  expect(failure.message).toContain('- public.b.at needs values of pg_lsn, and none are known');
  expect(failure.message).toContain('b_during_excl of public.b excludes rows by operators');
  expect(failure.message).toContain('- a_code_check of public.a');
});

it('a folder is read with all its mistakes', async () => {
  const read = async (snapshot: string) => {
    const head = `version: 1\nname: tiny\nsnapshot: ${snapshot}\nload: { rate: 10/s, versions: { old: workload } }\n`;
    const tiny = await tinyRehearsal(
      '  - { phase: expand, soak: 1s }',
      { 'workload/a.sql': 'select 1;' },
      head,
    );
    return readRehearsal(tiny.dir, { cwd: tiny.dir, env: {} }).finally(() => tiny.remove());
  };
  const { snapshot } = await read(`{ synthesize: ${join(restorer.folder, 'shop')}, scale: 0.5 }`);
  expect(snapshot).toMatchObject({
    kind: 'synthetic',
    scale: 0.5,
    seed: 1,
    path: join(restorer.folder, 'shop', 'schema.sql'),
  });
  await mkdir(join(restorer.folder, 'empty'));
  await expect(read(`{ synthesize: ${join(restorer.folder, 'empty')}, scale: 0 }`)).rejects.toThrow(
    /scale[^\n]*\n[^\n]*has no schema[^\n]*\n[^\n]*has no statistics/,
  );
  await expect(read(`{ synthesize: nowhere, scale: much }`)).rejects.toThrow(
    /scale[^]*there is no folder nowhere|there is no folder nowhere[^]*scale/,
  );
});
