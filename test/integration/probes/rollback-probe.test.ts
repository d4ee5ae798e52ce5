import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type PgClient } from '../../../scripts/pg/client.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';
import { rollbackRecords, sql } from '../../support/replay/rollback-looks.ts';

let database: TestDatabase;
let setup: PgClient;

beforeAll(async () => {
  database = await startTestDatabase();
  setup = await connect(database.endpoint, 'setup');
  await setup.query('create role reader');
});
afterAll(async () => {
  await setup.query('drop owned by reader; drop role reader');
  await setup.end();
  await database.stop();
});

const SCHEMA = `
  create schema shop;
  create type state as enum ('open', 'paid');
  create domain cents as bigint check (value >= 0);
  create table goods (id int generated always as identity primary key, name text not null default 'n', price cents, state state,
    made timestamptz default now(), double bigint generated always as (1) stored, constraint named check (name <> ''));
  create table shop.orders (id serial primary key, good int references goods, note text);
  create index orders_note on shop.orders (note);
  create view shop.open as select id from goods where state = 'open';
  create materialized view many as select count(*) from goods;
  create function f(a int) returns int language sql as 'select a';
  create function t() returns trigger language plpgsql as 'begin return new; end';
  create trigger tr before insert on goods for each row execute function t();
  create policy own on goods using (name = current_user);
  create sequence counter;
  create statistics both_columns on name, state from goods;
  comment on table goods is 'what we sell';
  grant select on goods to reader;`;

describe('the catalog after a step beside the one before the plan', () => {
  async function told(change: string): Promise<string[]> {
    const all = await rollbackRecords({ database, setup }, SCHEMA, [], [sql('step', change)]);
    return all.flatMap((record) => {
      if (record.type !== 'catalog' || record.after !== 'step') return [];
      return record.differences.map(({ how, kind, name, relation, what }) =>
        [
          how,
          kind,
          name,
          ...(relation === null ? [] : [`of ${relation}`]),
          ...what.map((one) => `[${one}]`),
        ].join(' '),
      );
    });
  }

  test.each<[string, string, string[]]>([
    ['nothing', 'select 1', []],
    [
      'rows, a vacuum-like rewrite and what is counted',
      "insert into goods (name) values ('a'); select nextval('counter'); analyze goods; refresh materialized view many",
      [],
    ],
    [
      'what was done and undone',
      'alter table goods add x int; alter table goods drop x; grant update on goods to reader; revoke update on goods from reader; drop index shop.orders_note; create index orders_note on shop.orders (note)',
      [],
    ],
    [
      'a column that comes back as it was',
      'alter table shop.orders drop column note; alter table shop.orders add column note text; create index orders_note on shop.orders (note)',
      [],
    ],
    [
      'a column that comes back otherwise',
      "alter table goods drop column name cascade; alter table goods add column name varchar(20); alter table goods add constraint named check (name <> ''); create policy own on goods using (name = current_user)",
      [
        'changed column name of public.goods [default] [no longer not null] [type character varying(20), was text]',
        'changed check constraint named of public.goods [definition]',
        'changed policy own of public.goods [definition]',
        'missing statistics public.both_columns of public.goods',
      ],
    ],
    [
      'a new table, with all that is part of it',
      'create table extra (id serial primary key)',
      ['left-over sequence public.extra_id_seq', 'left-over table public.extra'],
    ],
    [
      'a table that is gone',
      'drop table shop.orders',
      ['missing sequence shop.orders_id_seq', 'missing table shop.orders'],
    ],
    [
      'nullability, identity, default and type',
      'alter table goods alter made drop default, alter price set not null, alter id drop identity',
      [
        'changed column id of public.goods [identity none, was a]',
        'changed column made of public.goods [default]',
        'changed column price of public.goods [not null]',
        'missing sequence public.goods_id_seq',
      ],
    ],
    [
      'a constraint that nobody validated',
      "alter table goods drop constraint named; alter table goods add constraint named check (name <> '') not valid",
      ['changed check constraint named of public.goods [definition] [no longer valid]'],
    ],
    [
      'indexes',
      'drop index shop.orders_note; create unique index goods_name on goods (name)',
      ['left-over index public.goods_name of public.goods', 'missing index shop.orders_note of shop.orders'],
    ],
    [
      'a trigger that is disabled and one more',
      'alter table goods disable trigger tr; create trigger more after insert on goods for each row execute function t()',
      ['changed trigger tr of public.goods [enabled]', 'left-over trigger more of public.goods'],
    ],
    [
      'views, functions, types and sequences',
      "create or replace view shop.open as select id from goods; create or replace function f(a int) returns int language sql as 'select a + 1'; create function f(a text) returns int language sql as 'select 1'; alter type state add value 'late'; alter sequence counter increment by 7; alter domain cents set default 1",
      [
        'changed domain public.cents [default]',
        'changed sequence public.counter [settings]',
        'changed function public.f(a integer) [definition]',
        'changed type public.state [labels]',
        'changed view shop.open [definition]',
        'left-over function public.f(a text)',
      ],
    ],
    [
      'row security, privileges, comments and options',
      "alter table goods enable row level security; revoke select on goods from reader; grant select (name) on goods to reader; comment on table goods is 'things'; comment on column goods.name is 'x'; alter table goods set (fillfactor = 70); alter default privileges grant select on tables to reader",
      [
        'changed column name of public.goods [comment] [privileges]',
        'changed table public.goods [comment] [options] [privileges] [row level security]',
        'left-over default privileges postgres r',
      ],
    ],
    [
      'what belongs to another part of the schema, and what is in none',
      `alter sequence shop.orders_id_seq owned by none; comment on policy own on goods is 'x'; comment on statistics both_columns is 'x';
       refresh materialized view many with no data; create collation here (locale = 'C'); create cast (state as int) with inout;
       create role writer in role reader; alter role reader set statement_timeout = '1s'; create foreign data wrapper far`,
      [
        'changed materialized view public.many [no longer populated]',
        'changed policy own of public.goods [comment]',
        'changed sequence shop.orders_id_seq [owned by]',
        'changed statistics public.both_columns of public.goods [comment]',
        'left-over cast (public.state AS integer)',
        'left-over collation public.here',
        'left-over foreign-data wrapper far',
        'left-over role writer',
        'left-over setting of role reader',
      ],
    ],
  ])('%s', async (_, change, expected) => {
    expect((await told(change)).toSorted()).toEqual(expected.toSorted());
    await setup.query(
      'alter default privileges revoke select on tables from reader; drop role if exists writer; drop foreign data wrapper if exists far',
    );
  });
});
