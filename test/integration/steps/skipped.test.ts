import { describe, expect, it } from 'vitest';
import { useReplayBench } from '../../support/replay/replay-bench.ts';
import { replayed, sqlStep } from '../../support/replay/replayed.ts';

const bench = useReplayBench();

async function told(...steps: string[]): Promise<unknown[]> {
  const plan = steps.map((sql, at) => sqlStep(`s${at + 1}`, sql));
  const found = await replayed(bench(), plan, ['beside']);
  return found.map(({ status, statement, message }) => [
    status,
    statement,
    message.replace(/^.*? skipped /, ''),
  ]);
}

describe('IF NOT EXISTS over something else', () => {
  it('names what a table, a partition and a column are instead, in any spelling of a type', async () => {
    await bench().setup
      .query(`drop table if exists parts, alone cascade; create table parts (at int) partition by range (at);
      create table alone (at int); create domain short as varchar(10)`);
    const found = await told(
      `create table if not exists orders (id bigint primary key, state int4, label character varying(40) not null, note text default 'a' not null);
       create table if not exists alone partition of parts for values from (1) to (2);
       alter table orders add column if not exists state bigint;
       create table if not exists items (order_id serial, constraint c check (order_id > 0));
       create table if not exists orders (id int, "state" integer, label text references parts)`,
    );
    expect(found).toEqual([
      [
        'fail',
        1,
        'it, and what is there is something else: column id is integer instead of bigint, column label is text instead of character varying(40), column label allows NULL and it has no column note.',
      ],
      ['fail', 2, 'it, and what is there is something else: it is no partition of parts.'],
      ['fail', 3, 'it, and what is there is something else: it is integer instead of bigint.'],
    ]);
    await bench().setup.query('drop table parts, alone; drop domain short');
  });

  it('names what an index is instead, and takes the server’s own spelling for the same', async () => {
    await bench().setup
      .query(`create index a on orders (state); create unique index b on orders (lower(label), id desc) where state in (1, 2);
      create view v as select 1; create index c on items (order_id)`);
    const found = await told(
      `create unique index if not exists a on orders (state, id);
       create unique index if not exists b on orders using btree (lower(label::varchar), id desc nulls first) where (state = any (array[1, 2]));
       create index if not exists c on orders (id) include (state) where label is null;
       create index concurrently if not exists v on orders (id);
       create sequence if not exists v`,
    );
    expect(found).toEqual([
      [
        'fail',
        1,
        'it, and what is there is something else: it is not UNIQUE and it is on (state) instead of (state, id).',
      ],
      [
        'fail',
        3,
        'it, and what is there is something else: it is an index of items and not of orders, it is on (order_id) instead of (id), it includes () instead of (state) and it has no WHERE.',
      ],
      ['fail', 4, 'it, and what is there is something else: it is a view.'],
      ['fail', 5, 'it, and what is there is something else: it is a view.'],
    ]);
    await bench().setup.query('drop view v');
  });

  it('says nothing where the same is there, or where a later step puts it right', async () => {
    await bench().setup.query('create index a on orders (state)');
    expect(
      await told(
        'create index if not exists a on orders (id); create table if not exists items (order_id int)',
        'drop index a; create index a on orders (id)',
      ),
    ).toEqual([]);
  });
});

describe('IF EXISTS beside what was meant', () => {
  it('names the object of another case, schema or arguments', async () => {
    await bench().setup
      .query(`create table "OrderLines" (id int); drop schema if exists old cascade; create schema old; create table old.notes (id int);
      create function add_up(bigint) returns int language sql as 'select 1'; alter table items add constraint "Positive" check (order_id > 0)`);
    const found = await told(
      `drop table if exists orderlines; drop table if exists notes; drop function if exists add_up(int);
       alter table items drop constraint if exists positive; alter table if exists "Items" add column n int;
       drop table if exists nobody; drop index if exists orders_state`,
    );
    expect(found).toEqual([
      ['warn', 1, 'table orderlines, which is not there, but there is table OrderLines.'],
      ['warn', 2, 'table notes, which is not there, but there is table old.notes.'],
      ['warn', 3, 'function add_up, which is not there, but there is function add_up(bigint).'],
      ['warn', 4, 'constraint positive of items, which is not there, but there is constraint Positive.'],
      ['warn', 5, 'table Items, which is not there, but there is table items.'],
    ]);
    await bench().setup.query(
      'drop table "OrderLines"; drop schema old cascade; drop function add_up(bigint)',
    );
  });

  it('says nothing where the next statement removes the other spelling too', async () => {
    await bench().setup.query('create table "Odd" (id int)');
    expect(await told('drop table if exists odd; drop table if exists "Odd"')).toEqual([]);
  });
});
