import { expect, test } from 'vitest';
import type { AppVersion } from '../../../scripts/plan/model.ts';
import { ownDatabase } from '../../support/database/own-database.ts';
import { deploy, rollbackRecords, soak, sql } from '../../support/replay/rollback-looks.ts';

const own = ownDatabase();

test('what the SELECTs of the old version fail on is counted by the keys of written rows, and not what they failed on before', async () => {
  const schema = `create table jobs (id int primary key, kind int, status text, parts int, done int, meta jsonb);
      insert into jobs select i, i % 7, i % 3, 5, i, '{"n": 1}' from generate_series(1, 100) i;
      create table odd (id int primary key, flag text); insert into odd select i, 'old' from generate_series(1, 50) i`;
  const old: AppVersion = {
    name: 'old',
    dir: '',
    scripts: Object.entries({
      status: String.raw`\set id random(1, 100)
update jobs set done = 1 where id = :id;
select status::int as state from jobs j where j.id = :id for update;`,
      share: String.raw`\set k random(1, 7)
\set most random(5, 6)
begin; select done / parts from jobs where :k = kind limit :most; commit;`,
      meta: String.raw`\set id 5
select (meta->>'n')::int + 1 from only public.jobs where id = :id and true;`,
      own: String.raw`\set id random(1, 50)
select flag::int from odd where id = :id;`,
    }).map(([name, text]) => ({ name, path: `old/${name}.sql`, text })),
  };
  const write = `insert into jobs select i, 3, 'waiting', 5, i, '{"n": 2}' from generate_series(201, 212) i;
      insert into jobs values (301, 9, '1', 0, 1, '{"n": {"of": 2}}'), (302, 9, '2', 0, 1, '{"m": 2}'), (303, 9, null, 2, 1, null);
      update odd set flag = 'odd'`;
  const steps = [deploy('out', 'new', ''), soak(write), deploy('undo out', 'old', '', 'out')];
  const all = await rollbackRecords(own, schema, [old, { name: 'new', dir: '', scripts: [] }], steps);
  const found = all.flatMap((record) => (record.type === 'unreadable' ? record.values : []));
  const told = { table: 'public.jobs', since: 'out' };
  const limit = (was: string, sqlstate: string): object => ({
    limit: { rule: 'read', was: `readable by ${was}`, sqlstate },
  });
  expect(found).toEqual([
    {
      ...told,
      column: 'status',
      count: 12,
      isAtLeast: false,
      ...limit('status (old/status.sql:3)', '22P02'),
    },
    { ...told, column: '*', count: 1, isAtLeast: true, ...limit('share (old/share.sql:3)', '22012') },
    { ...told, column: 'meta', count: 1, isAtLeast: false, ...limit('meta (old/meta.sql:2)', '22P02') },
  ]);
  const mended = sql('undo out', `delete from jobs where id > 200`, 'out');
  const again = await rollbackRecords(own, schema, [old], [...steps.slice(0, 2), mended]);
  expect(again.flatMap((record) => (record.type === 'unreadable' ? record.values : []))).toEqual([]);
});

test('joins, views, subqueries and lists of keys are followed to the rows that were written, and what was not asked is told', async () => {
  const schema = `create table customers (id int primary key, email text, level text);
      create table orders (id int primary key, customer_id int, state text, tags text);
      create table lines (id int primary key, order_id int, amount text);
      insert into customers select i, 'C' || i, i % 3 from generate_series(1, 20) i;
      insert into orders select i, i, '1', '[1]' from generate_series(1, 20) i;
      insert into lines select i, i, '1' from generate_series(1, 20) i;
      create view open_orders as select o.id as number, o.customer_id, o.state::int as step from orders o where o.state <> '0';
      create view sums as select l.order_id, sum(l.amount::int) as total from lines l group by l.order_id;
      create view people as select id, email from customers union all select id + 1000, email from customers`;
  const scripts = {
    join: String.raw`\set id random(1, 20)
select o.id, c.level::int as level from orders o join customers c on c.id = o.customer_id where o.id = :id;`,
    view: String.raw`\set id random(1, 20)
select step from open_orders where number = :id;`,
    total: String.raw`\set id random(1, 20)
select total from sums where order_id = :id;`,
    list: String.raw`\set a random(1, 20)
\set b random(1, 20)
select o.tags::json ->> 0 from orders o where id in (:a, :b) and id = any (array[:a, :b]::int[]);`,
    nested: String.raw`\set sku random(1, 20)
with mine as (select id, customer_id, state from orders) select m.state::int from mine m where m.id in (select order_id from lines where id = :sku);`,
    lower: String.raw`\set id random(1, 20)
select (lower(c.level))::int from customers c where lower(c.email) = lower('C' || :id) and exists (select from orders o where o.customer_id = c.id);`,
    either: String.raw`\set id random(1, 20)
select state::int from orders where id = :id or customer_id = :id;`,
    people: String.raw`\set id random(1, 20)
select email from people where id = :id;`,
    answer: String.raw`\set id random(1, 20)
insert into lines values (:id + 500, 1, '1') returning id \gset made_
select amount::int from lines where id = :made_id;`,
  };
  const old: AppVersion = {
    name: 'old',
    dir: '',
    scripts: Object.entries(scripts).map(([name, text]) => ({ name, path: `old/${name}.sql`, text })),
  };
  // One customer of three orders, two orders, and one line are not what the old version can read.
  const write = `update customers set level = 'gold' where id = 7; update orders set customer_id = 7 where id in (3, 4);
      update orders set state = 'held' where id in (10, 11); update orders set tags = 'red' where id in (12, 13, 14); update lines set amount = 'free' where id = 5;
      update customers set level = '2' where id = 9`;
  const steps = [deploy('out', 'new', ''), soak(write), deploy('undo out', 'old', '', 'out')];
  const all = await rollbackRecords(own, schema, [old, { name: 'new', dir: '', scripts: [] }], steps);
  const looks = all.flatMap((record) => (record.type === 'unreadable' ? [record] : []));
  expect(
    looks.flatMap(({ values }) =>
      values.map(
        ({ table, column, count, isAtLeast, limit }) =>
          `${isAtLeast ? 'at least ' : ''}${count} ${table}.${column} ${limit?.was} ${limit?.sqlstate}`,
      ),
    ),
  ).toEqual([
    '1 public.customers.level readable by join (old/join.sql:2) 22P02',
    '2 public.orders.state readable by view (old/view.sql:2) 22P02',
    'at least 1 public.lines.amount readable by total (old/total.sql:2) 22P02',
    '3 public.orders.tags readable by list (old/list.sql:3) 22P02',
  ]);
  expect(looks.flatMap(({ notAsked = [] }) => notAsked)).toEqual([
    { statement: 'lower (old/lower.sql:2)', why: 'no-key' },
    { statement: 'either (old/either.sql:2)', why: 'no-key' },
    { statement: 'answer (old/answer.sql:3)', why: 'behind-write' },
  ]);
});
