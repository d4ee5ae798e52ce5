import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type PgClient } from '../../../scripts/pg/client.ts';
import { RelationNames } from '../../../scripts/probes/relation-names.ts';
import { RunCatalog } from '../../../scripts/probes/run-catalog.ts';
import { StockReader } from '../../../scripts/probes/schema-watch/dependencies/stock-reader.ts';
import { readUnfinished, UnfinishedReader } from '../../../scripts/probes/schema-watch/read-unfinished.ts';
import { TableLooks } from '../../../scripts/probes/schema-watch/table-looks.ts';
import { readTables, type TableStock } from '../../../scripts/probes/schema-watch/table-stock.ts';
import { Touched } from '../../../scripts/probes/touched/touched.ts';
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
  'create table visits (id int, person int); alter table visits add constraint of_person foreign key (person) references people not valid',
  'alter table visits validate constraint of_person; alter table visits disable trigger all',
  'create index on visits (person); alter table visits set unlogged; alter table visits rename to calls',
  'create domain few as int; alter domain few add constraint below check (value < 9) not valid',
  'drop table calls',
  'drop schema store; drop table parts',
  'create temp table mine (id int primary key); drop table people',
];

const LOCKED = `select distinct relation::int4 from pg_locks
                  where pid = pg_backend_pid() and locktype = 'relation' and relation >= 16384`;

/** Without counters, which come later. */
function shapes(tables: ReadonlyMap<number, TableStock>): Map<number, unknown> {
  return new Map(
    [...tables].map(([oid, { name, quotedName, filenode, parent }]) => [
      oid,
      { name, quotedName, filenode, parent },
    ]),
  );
}

/** As a step does: what its transaction has locked is told when it is over. */
async function inTransaction(sql: string, touched: Touched): Promise<void> {
  await plan.query('begin');
  await plan.query(sql);
  const { rows } = await plan.query<[number]>({ text: LOCKED, rowMode: 'array' });
  await plan.query('commit');
  if (/\bpg_/.test(sql)) touched.addUnseen();
  else touched.add(new Set(rows.map(([oid]) => oid)));
}

test('what is read of changes is what reading everything again tells, whatever has changed', async () => {
  await plan.query(`create schema shop; create table shop.orders (id int primary key, note int);
    create table people (id int primary key, name text); insert into people select i, i from generate_series(1, 500) i;
    create table parts (id int, at date) partition by range (at);
    create table parts_1 partition of parts for values from ('2001-01-01') to ('2002-01-01'); create index on parts (id); analyze`);
  await probe.query('set search_path = pg_catalog');
  const touched = new Touched(true);
  const [reader, catalog] = [new StockReader(), new RunCatalog()];
  const told = { reader: new StockReader(touched), catalog: new RunCatalog(touched) };
  const unfinished = new UnfinishedReader(touched);
  // Where no time passes, no look at all tables is due.
  const looks = new TableLooks({ server: probe, touched, clock: { now: () => 0 } });
  let names = await new RelationNames(probe, touched).asOfNow();
  for (const one of [reader, told.reader]) await one.read(probe);
  for (const one of [catalog, told.catalog]) await one.asOfNow(probe);
  await unfinished.read(probe);
  await looks.look(true);
  for (const change of CHANGES) {
    for (const one of change.split(';')) await inTransaction(one, touched);
    const [stock, now] = [await reader.read(probe), await catalog.asOfNow(probe, change)];
    const [all, anew] = [await new StockReader().read(probe), await new RunCatalog().asOfNow(probe)];
    expect(new Map(stock.indexes), change).toEqual(new Map(all.indexes));
    expect(new Map(stock.statistics), change).toEqual(new Map(all.statistics));
    expect(new Map(now), change).toEqual(new Map(anew));
    const few = await told.reader.read(probe);
    expect(new Map(few.indexes), change).toEqual(new Map(all.indexes));
    expect(new Map(few.statistics), change).toEqual(new Map(all.statistics));
    expect(new Map(few.bareKeys), change).toEqual(new Map(all.bareKeys));
    const own = await told.catalog.asOfNow(probe, change);
    expect(new Map(own), change).toEqual(new Map(anew));
    expect(await unfinished.read(probe), change).toEqual(await readUnfinished(probe));
    names = await names.asOfNow();
    for (const [oid, { name }] of anew) expect(names.known(oid), change).toBe(name);
    const [{ tables }, read] = [await looks.look(), await readTables(probe)];
    expect(shapes(tables), change).toEqual(shapes(read));
  }
  expect(await readUnfinished(probe)).toMatchObject([
    { kind: 'domain-constraint', name: 'below', relation: 'public.few' },
  ]);
});
