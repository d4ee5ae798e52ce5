import { describe, expect, test } from 'vitest';
import type { AppVersion } from '../../../scripts/plan/model.ts';
import { ownDatabase } from '../../support/database/own-database.ts';
import { deploy, rollbackRecords, soak, sql, type Played } from '../../support/replay/rollback-looks.ts';

const own = ownDatabase();

describe('what the way back takes with it', () => {
  const script = (name: string, text: string): AppVersion['scripts'][number] => ({
    name,
    path: `${name}.sql`,
    text,
  });
  const version = (name: string, ...texts: string[]): AppVersion => ({
    name,
    dir: '',
    scripts: texts.map((text, at) => script(`s${at}`, text)),
  });
  const PEOPLE = `create table people (id int primary key, name text, seen int default 0);
    insert into people select i, 'n' || i from generate_series(1, 1000) i`;
  const ADD = sql('add', 'alter table people add column full_name text');
  const FILL = sql('fill', 'update people set full_name = name where full_name is null');
  const DROP = sql('undo add', 'alter table people drop column full_name', 'add');
  const OLD = version('old', 'update people set seen = 1 where id = :id;');
  const WRITER = version('old', 'update people set name = :name where id = :id;');
  const NEW = version('new', 'update people set full_name = :name where id = :id;');
  const NEW_ROWS =
    "update people set full_name = 'x' || id where id <= 30; insert into people (id, full_name) select i, 'y' || i from generate_series(2001, 2007) i";

  async function lost(
    versions: readonly AppVersion[],
    steps: readonly Played[],
    schema = PEOPLE,
  ): Promise<string[]> {
    const all = await rollbackRecords(own, schema, versions, steps);
    return all.flatMap((record) =>
      record.type !== 'values'
        ? []
        : record.lost.map(
            ({ table, column, count, since, isAtLeast }) =>
              `${table}.${column} ${isAtLeast ? 'at least ' : ''}${count} since ${since}`,
          ),
    );
  }
  const out = (during = '', after = NEW_ROWS): Played[] => [deploy('out', 'new', during), soak(after)];
  const home = (during = ''): Played => deploy('undo out', 'old', during, 'out');

  test('values of a column that nothing else in the row gives, while both versions have traffic and after', async () => {
    const during = "update people set full_name = 'during' || id where id = 500";
    const late =
      "update people set full_name = 'late' || id where id = 600; update people set seen = 9 where id < 100";
    expect(await lost([OLD, NEW], [ADD, FILL, ...out(during), home(late), DROP])).toEqual([
      'public.people.full_name 39 since out',
    ]);
    expect(await lost([OLD, NEW], [ADD, ...out(during), home(late), DROP])).toEqual([
      'public.people.full_name 39 since out',
    ]);
  });

  test('none where a trigger copies back, where the rollback file does, and where only a trigger writes the column', async () => {
    const sync = sql(
      'sync',
      `create function back() returns trigger language plpgsql as 'begin new.name := coalesce(new.full_name, new.name); return new; end';
       create trigger back before insert or update on people for each row execute function back()`,
    );
    const none = ['public.people.full_name 0 since out'];
    expect(await lost([OLD, NEW], [ADD, FILL, sync, ...out(), home(), DROP])).toEqual(none);
    expect(await lost([OLD, NEW], [ADD, sync, ...out(), home(), DROP])).toEqual(none);
    const copied = sql(
      'undo fill',
      'update people set name = full_name where full_name is distinct from name',
      'fill',
    );
    expect(await lost([OLD, NEW], [ADD, FILL, ...out(), home(), copied, DROP])).toEqual([...none]);
    expect(
      await lost([OLD, version('new', 'select full_name from people;')], [ADD, FILL, ...out(), home(), DROP]),
    ).toEqual([]);
  });

  test('none of a version that writes both, though an older one makes the new column stale', async () => {
    const both = version('new', 'update people set name = :name, full_name = :name where id = :id;');
    const dual = "update people set name = 'z' || id, full_name = 'z' || id where id <= 30";
    const stale = "update people set name = 'later' where id <= 10";
    expect(await lost([WRITER, both], [ADD, FILL, ...out(stale, dual), home(stale), DROP])).toEqual([
      'public.people.full_name 0 since out',
    ]);
  });

  test('at least those written while only the new version had traffic, where an older one changes the source', async () => {
    const stale = "update people set name = 'later' where id between 700 and 710";
    expect(await lost([WRITER, NEW], [ADD, FILL, ...out(), home(stale), DROP])).toEqual([
      'public.people.full_name at least 37 since out',
    ]);
  });

  test('none of a column or a table that has another name meanwhile', async () => {
    const column = sql('rename', 'alter table people rename name to full_name');
    const undo = sql('undo rename', 'alter table people rename full_name to name', 'rename');
    expect(await lost([OLD, NEW], [column, ...out(), home(), undo])).toEqual([]);
    const table = sql('rename', 'alter table people rename to persons');
    const undoTable = sql('undo rename', 'alter table persons rename to people', 'rename');
    const persons = version('new', 'insert into persons (id, name) values (:id, :name);');
    const write = "insert into persons (id, name) select i, 'y' || i from generate_series(2001, 2007) i";
    expect(await lost([OLD, persons], [table, ...out('', write), home(), undoTable])).toEqual([]);
  });

  test('rows of a table that only the new version fills, and not those that a trigger copies', async () => {
    const notes = version('new', 'insert into notes (body) values (:body);');
    const add = sql('add', 'create table notes (id serial, body text)');
    const undo = sql('undo add', 'drop table notes', 'add');
    const write = "insert into notes (body) select 'b' from generate_series(1, 12)";
    expect(await lost([OLD, notes], [add, ...out('', write), home(), undo])).toEqual([
      'public.notes.* 12 since out',
    ]);
    const kept = sql(
      'keep',
      "create function keep() returns trigger language plpgsql as 'begin insert into notes (body) values (new.name); return new; end'",
    );
    expect(await lost([OLD, notes], [add, kept, ...out('', write), home(), undo])).toEqual([]);
  });

  test('values of a column that a step drops and its undoing brings back empty, or filled again', async () => {
    const drop = sql('drop', 'alter table people drop column name');
    const empty = sql('undo drop', "alter table people add column name text not null default ''", 'drop');
    expect(await lost([OLD], [drop, empty])).toEqual(['public.people.name 1000 since drop']);
    for (const way of [
      "alter table people add column name text not null default ''; alter table people alter name drop default",
      "alter table people add column name text; update people set name = 'unknown'",
    ])
      expect(await lost([OLD], [drop, sql('undo drop', way, 'drop')])).toEqual([
        'public.people.name 1000 since drop',
      ]);
    const filled = sql(
      'undo drop',
      "alter table people add column name text; update people set name = 'again ' || id",
      'drop',
    );
    expect(await lost([OLD], [drop, filled])).toEqual(['public.people.name 0 since drop']);
    // The same word everywhere, as before.
    const same = sql('undo drop', 'alter table people add column seen int not null default 0', 'drop');
    const seen = sql('drop', 'alter table people drop column seen');
    expect(await lost([OLD], [seen, same])).toEqual(['public.people.seen 0 since drop']);
  });

  test('a default that was never written is no value, and names that need quotes are told as they are', async () => {
    const schema = `create table "My People" ("Id" int primary key); insert into "My People" select generate_series(1, 50)`;
    const add = sql('add', `alter table "My People" add column "Tall" text not null default 'no'`);
    const undo = sql('undo add', `alter table "My People" drop column "Tall"`, 'add');
    const tall = version('new', `insert into "My People" ("Id", "Tall") values (:id, :tall);`);
    const write = `insert into "My People" select i, case when i % 2 = 0 then 'yes ' || i else 'no' end from generate_series(101, 120) i`;
    expect(await lost([OLD, tall], [add, ...out('', write), home(), undo], schema)).toEqual([
      'public.My People.Tall 10 since out',
    ]);
  });
});

describe('what stands there after the way back and was not let in before', () => {
  const NOTHING: readonly AppVersion[] = ['old', 'dual', 'new'].map((name) => ({
    name,
    dir: '',
    scripts: [],
  }));
  const SHOP = `create type state as enum ('open', 'shut');
    create domain price as int check (value > 0);
    create table items (id int primary key, name varchar(8) not null, amount int, state state, cost price,
                        constraint small check (amount < 100));
    insert into items select i, 'n' || i, i % 50, 'open', 5 from generate_series(1, 200) i`;
  const WIDE = `alter table items alter name type text, alter name drop not null, alter amount type bigint, drop constraint small,
      add constraint small check (amount < 100) not valid;
    alter type state add value 'sold'; alter domain price drop constraint price_check`;
  const ODD = `update items set name = 'longer than eight' where id <= 3; update items set name = null where id = 4;
    insert into items values (301, 'x', 50, 'sold', 5), (302, 'y', 60, 'open', -1);
    alter table items drop constraint small; update items set amount = 5000000000 where id in (5, 6)`;

  async function played(steps: readonly Played[], of = SHOP): Promise<string[]> {
    const all = await rollbackRecords(own, of, NOTHING, steps);
    return all.flatMap((record) => {
      if (record.type === 'catalog') return [];
      const found = record.type === 'values' ? record.lost : record.values;
      return found.map(
        ({ table, column, count, since, limit }) =>
          `${record.step} ${record.type}: ${table}.${column} ${count} since ${since} (${limit?.rule} ${limit?.was})`,
      );
    });
  }

  test('is counted by column and by the limit that it is beyond, and not what was there before the deploy', async () => {
    const widen = sql('widen', `${WIDE}; update items set name = 'of the plan itself' where id = 199`);
    const found = await played([
      widen,
      deploy('out', 'new', ''),
      soak(ODD),
      deploy('undo out', 'old', '', 'out'),
      sql('undo widen', 'select 1', 'widen'),
    ]);
    const left = [
      'public.items.name 1 since out (null not null)',
      'public.items.name 3 since out (type character varying(8))',
      'public.items.amount 2 since out (type integer)',
      'public.items.state 1 since out (label state)',
      'public.items.cost 1 since out (check price)',
      'public.items.amount 2 since out (check small)',
    ];
    expect(found).toEqual([
      ...left.map((one) => `undo out unreadable: ${one}`),
      ...left.map((one) => `undo widen unreadable: ${one}`),
    ]);
  });

  test('is told of unique and foreign keys that were dropped, and of arrays with a new label', async () => {
    const schema = `create type state as enum ('open', 'shut');
      create table owners (id int primary key);
      insert into owners select generate_series(1, 9);
      create table tags (id int primary key, owner int constraint owned references owners, a int, b int, code text constraint coded unique,
                         states state[], constraint pair unique (a, b));
      insert into tags select i, i % 9 + 1, i, i, 'c' || i, '{open}' from generate_series(1, 100) i;`;
    const loosen = sql(
      'loosen',
      `alter table tags drop constraint owned, drop constraint coded, drop constraint pair; alter type state add value 'sold'`,
    );
    const odd = `insert into tags values (201, 77, 500, 1, 'c1', '{open,sold}'), (202, 78, 500, 1, 'x', '{shut}'), (203, null, null, 1, null, null),
      (204, 1, 600, 1, 'y', '{}')`;
    expect(
      await played(
        [loosen, deploy('out', 'new', ''), soak(odd), sql('undo loosen', 'select 1', 'loosen')],
        schema,
      ),
    ).toEqual([
      'undo loosen unreadable: public.tags.states 1 since out (label state[])',
      'undo loosen unreadable: public.tags.code 1 since out (unique coded)',
      'undo loosen unreadable: public.tags.owner 2 since out (reference owned)',
      'undo loosen unreadable: public.tags.* 2 since out (unique pair)',
    ]);
    const whole = sql(
      'undo loosen',
      `delete from tags where id > 200; alter table tags add constraint owned foreign key (owner) references owners, add constraint coded unique (code), add unique (a, b)`,
      'loosen',
    );
    expect(await played([loosen, deploy('out', 'new', ''), soak(odd), whole], schema)).toEqual([]);
  });

  test('is nothing where the new version keeps to the old limits, and where the way back changes it into something old', async () => {
    const widen = sql('widen', WIDE);
    const back = sql(
      'undo widen',
      `update items set state = 'shut' where state = 'sold'; update items set name = 'none' where name is null;
       update items set cost = 1 where cost < 0; update items set amount = 99 where amount > 99;
       update items set name = 'n' || id where length(name) > 8`,
      'widen',
    );
    expect(await played([widen, deploy('out', 'new', ''), soak(''), back])).toEqual([]);
    const mended = await played([widen, deploy('out', 'new', ''), soak(ODD), back]);
    expect(mended).toEqual([]);
  });

  test('is cut where its column has its type of before again', async () => {
    const widen = sql('widen', 'alter table items alter name type text');
    const back = sql(
      'undo widen',
      'alter table items alter name type varchar(8) using left(name, 8)',
      'widen',
    );
    const long = "update items set name = 'longer than eight' where id <= 3";
    expect(await played([widen, deploy('out', 'new', ''), soak(long), back])).toEqual([
      'undo widen values: public.items.name 3 since out (type character varying(8))',
    ]);
  });

  test('is told since the last deploy that all of it came behind, also where the table is written anew meanwhile', async () => {
    const widen = sql('widen', 'alter table items alter amount type bigint');
    const long = 'update items set amount = 5000000000 where id <= 3';
    const rewrite = sql('undo widen', 'alter table items alter amount type numeric', 'widen');
    const outs = [deploy('half', 'dual', ''), soak(''), deploy('out', 'new', ''), soak(long)];
    const plain = SHOP.replace(/,\s+constraint small.*?\)\)/s, ')');
    expect(await played([widen, ...outs, deploy('undo out', 'dual', '', 'out'), rewrite], plain)).toEqual([
      'undo out unreadable: public.items.amount 3 since out (type integer)',
      'undo widen unreadable: public.items.amount 3 since out (type integer)',
    ]);
  });
});
