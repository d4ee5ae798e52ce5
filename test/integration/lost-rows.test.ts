import { expect, it } from 'vitest';
import { useReplayBench } from '../support/replay-bench.ts';
import { replayed, sqlStep } from '../support/replayed.ts';

const bench = useReplayBench();

async function lost(sql: string, extra: Parameters<typeof sqlStep>[2] = {}): Promise<unknown[]> {
  const found = await replayed(bench(), [sqlStep('change', sql, extra)], ['rowsLost']);
  return found.map(({ status, measured, message }) => [status, measured, message]);
}

it.each([
  ['drop table orders', 'dropped orders: 20,000 rows are gone.'],
  ['drop table orders; create table orders (id int)', 'dropped and made anew orders: 20,000 rows are gone.'],
  [
    'drop table orders; create table orders as select 1 as id',
    'dropped and made anew orders: 20,000 rows are gone, and 1 is there that came later.',
  ],
  [
    'delete from orders; insert into orders select i from generate_series(1, 50) i',
    'emptied orders: 20,000 rows are gone, and 50 are there that came later.',
  ],
  ['truncate orders', 'emptied orders: 20,000 rows are gone.'],
  ['delete from orders', 'emptied orders: 20,000 rows are gone.'],
  [
    `do $$ begin execute 'delete from or' || 'ders'; end $$`,
    'emptied orders, which statement 1 never names: 20,000 rows are gone.',
  ],
  [
    `create table parents (id int primary key); alter table orders add column p int references parents; truncate parents cascade`,
    'emptied orders, which statement 3 never names: 20,000 rows are gone.',
  ],
])('rows that are gone after "%s" are counted', async (sql, message) => {
  expect(await lost(sql)).toEqual([['fail', 20_000, `Step 1 change ${message}`]]);
});

it('a condition that leaves a few rows of before is a warning with both counts', async () => {
  expect(await lost('delete from orders where id > 20; insert into orders values (-1)')).toEqual([
    ['warn', 19_979, 'Step 1 change deleted most rows of orders: 19,979 rows are gone, 21 are left.'],
  ]);
});

it('another table under its name is a warning: the rows are elsewhere', async () => {
  expect(await lost('alter table orders rename to old_orders; create table orders (id int)')).toEqual([
    ['warn', 20_000, 'Step 1 change put another table under the name of orders: 20,000 rows are not in it.'],
  ]);
});

it.each([
  'with d as (delete from orders returning id) select count(*) from d',
  'merge into orders o using (values (1)) v (x) on true when matched then delete',
])('the table is named by what takes its rows in "%s"', async (sql) => {
  expect(await lost(sql)).toEqual([['fail', 20_000, 'Step 1 change emptied orders: 20,000 rows are gone.']]);
});

it.each([
  ['a rewrite', 'alter table orders alter column state type bigint'],
  ['a rename', 'alter table orders rename to old_orders; create view orders as select * from old_orders'],
  [
    'a copy that takes the name',
    'create table copy as table orders; drop table orders; alter table copy rename to orders',
  ],
  ['a transaction that was undone', 'begin; truncate orders; rollback'],
  ['a delete of some', 'delete from orders where id % 4 = 0'],
])('%s loses none', async (_, sql) => {
  expect(await lost(sql)).toEqual([]);
});

it('says nothing where the author has said so', async () => {
  expect(await lost('drop table orders', { losesRows: ['orders'] })).toEqual([]);
});
