import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type PgClient } from '../../../scripts/pg/client.ts';
import { RunCatalog } from '../../../scripts/probes/run-catalog.ts';
import { StockReader } from '../../../scripts/probes/schema-watch/dependencies/stock-reader.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let plan: PgClient;
let probe: PgClient;

beforeAll(async () => {
  database = await startTestDatabase();
  plan = await connect(database.endpoint, 'setup');
  probe = await connect(database.endpoint, 'setup');
});
afterAll(async () => {
  await Promise.all([plan.end(), probe.end()]);
  await database.stop();
});

const CHANGES = [
  'create table made (id int primary key, a text); insert into made select i, i from generate_series(1, 500) i; analyze made',
  'create index on made (a)',
  'alter table made rename column a to b',
  'drop table made',
  'alter table parts_1 rename to parts_one',
  'create table parts_2 (id int, at date) partition by range (at); create table parts_21 (id int, at date); alter table parts_2 attach partition parts_21 default',
  `alter table parts attach partition parts_2 for values from ('2002-01-01') to ('2003-01-01')`,
  'alter table parts detach partition parts_2',
  'alter schema shop rename to store',
  'alter table store.orders set schema public',
  'insert into orders select i, i from generate_series(1, 5000) i',
  'alter table orders alter note type text using note::text',
  'truncate orders',
  'alter table orders drop column note',
  `delete from pg_statistic where starelid = 'people'::regclass and staattnum = 1`,
  'analyze',
  'alter table people drop constraint people_pkey; alter table people add primary key (id)',
  'drop schema store; drop table parts',
  'create temp table mine (id int primary key); drop table people',
];

test('what is read of changes is what reading everything again tells, whatever has changed', async () => {
  await plan.query(`create schema shop; create table shop.orders (id int primary key, note int);
    create table people (id int primary key, name text); insert into people select i, i from generate_series(1, 500) i;
    create table parts (id int, at date) partition by range (at);
    create table parts_1 partition of parts for values from ('2001-01-01') to ('2002-01-01'); create index on parts (id); analyze`);
  await probe.query('set search_path = pg_catalog');
  const [reader, catalog] = [new StockReader(), new RunCatalog()];
  await reader.read(probe);
  await catalog.asOfNow(probe);
  for (const change of CHANGES) {
    for (const one of change.split(';')) await plan.query(one);
    const [stock, now] = [await reader.read(probe), await catalog.asOfNow(probe, change)];
    const [all, anew] = [await new StockReader().read(probe), await new RunCatalog().asOfNow(probe)];
    expect(new Map(stock.indexes), change).toEqual(new Map(all.indexes));
    expect(new Map(stock.statistics), change).toEqual(new Map(all.statistics));
    expect(new Map(now), change).toEqual(new Map(anew));
  }
});
