import { expect, it } from 'vitest';
import { useReplayBench } from '../../support/replay/replay-bench.ts';
import { replayed, sqlStep } from '../../support/replay/replayed.ts';

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
  [
    'create table whole (like orders including constraints) partition by list (state); alter table whole attach partition orders default; delete from whole',
    'emptied orders: 20,000 rows are gone.',
  ],
])('rows that are gone after "%s" are counted', async (sql, message) => {
  expect(await lost(sql)).toEqual([['fail', 20_000, `Step 1 change ${message}`]]);
});

it('a condition that leaves a few rows of before is a warning with both counts', async () => {
  expect(await lost('delete from orders where id > 20; insert into orders values (-1)')).toEqual([
    ['warn', 19_980, 'Step 1 change deleted most rows of orders: 19,980 rows are gone, 20 are left.'],
  ]);
});

const swapped = (where: string): string =>
  `begin; create table copy as select * from orders ${where}; drop table orders; alter table copy rename to orders; commit`;

it.each([
  [
    swapped('where id > 200'),
    [['fail', 200, 'dropped and made anew orders: at least 200 rows are not in it, 19,800 are.']],
  ],
  [
    'begin; alter table orders rename to o; create table orders as select * from o where id > 1; commit; drop table o',
    [['fail', 1, 'dropped and made anew orders: at least 1 row is not in it, 19,999 are.']],
  ],
  [
    'begin; create temp table o as table orders; truncate orders; insert into orders select * from o where id > 300; commit',
    [['fail', 300, 'emptied and filled again orders: at least 300 rows are not in it, 19,700 are.']],
  ],
  [
    'do $$ begin for s in 0..2 loop delete from orders where state = s; commit; end loop; end $$',
    [['warn', 8572, 'deleted rows of orders: 8,572 rows are gone, 11,428 are left.']],
  ],
  [
    'delete from orders where id % 2 = 0',
    [['warn', 10_000, 'deleted most rows of orders: 10,000 rows are gone, 10,000 are left.']],
  ],
  [
    `create function purge() returns void language sql as 'delete from orders where id <= 1000'; select purge(); drop function purge()`,
    [
      [
        'warn',
        1000,
        'deleted rows of orders, which statement 2 never names: 1,000 rows are gone, 19,000 are left.',
      ],
    ],
  ],
])('rows that are gone in part after "%s" are counted', async (sql, found) => {
  const told = await lost(sql);
  expect(told).toEqual(found.map(([status, rows, text]) => [status, rows, `Step 1 change ${text}`]));
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

it('what is taken out of a table is a warning, unless that is said or another part holds its rows', async () => {
  const into = 'alter table orders inherit items';
  const out = 'alter table orders no inherit items';
  const copied = `create table copy (like orders including all); insert into copy select * from orders;
    alter table copy inherit items`;
  const found = await replayed(
    bench(),
    [
      sqlStep('into', `alter table orders add order_id int; ${into}`),
      sqlStep('out', out),
      sqlStep('again', into),
      sqlStep('said', out, { losesRows: ['items'] }),
      sqlStep('back', into),
      sqlStep('copied', `${copied}; ${out}`),
    ],
    ['rowsLost'],
  );
  expect(found.map(({ step, status, measured, message }) => [step, status, measured, message])).toEqual([
    ['out', 'warn', 20_000, 'Step 2 out took orders out of items: 20,000 rows are no longer in it.'],
  ]);
});
