import type { Migration } from './tool.ts';

/** A few migrations that tools run in different ways. */
interface Cell {
  readonly name: string;
  readonly migrations: readonly Migration[];
}

/** What every cell starts from, in a schema of its own: tools refuse a public one that is not empty. */
export const BASE = `create schema app;
create table app.t (id int primary key, note text);
insert into app.t select i, 'x' from generate_series(1, 50) i;
create type app.mood as enum ('glad');
create table app.log (what text, xid xid8 default pg_current_xact_id());`;

/** Each relation, index, value and row that a cell can leave; rows of the log with the number of their transaction. */
export const EFFECTS = [
  `select relname, relkind from pg_class where relnamespace = 'app'::regnamespace`,
  `select indexrelid::regclass::text, indisvalid from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = 'app'::regnamespace`,
  `select enumlabel from pg_enum where enumtypid = 'app.mood'::regtype`,
  `select what, dense_rank() over (order by xid::text::numeric) from app.log`,
];

/** What the cells make PostgreSQL refuse: the tools ask for their own tables before they make them, which is no failure. */
export const REFUSALS = new Set(['22012', '25001', '55P04', '2D000']);

const put = (what: string): string => `insert into app.log (what) values ('${what}')`;
const table = (name: string): string => `create table app.${name} (id int)`;
const index = (name: string, on = 't (note)'): string => `create index concurrently ${name} on app.${on}`;
const FAILS = 'select 1 / 0';

const files = (...all: (readonly string[])[]): Migration[] =>
  all.map((up, at) => ({ name: 'abc'[at] ?? 'z', up, down: ['select 2 / 0'] }));

export const CELLS: readonly Cell[] = [
  { name: 'the second statement fails', migrations: files([table('a'), FAILS]) },
  { name: 'the second file fails', migrations: files([table('a'), put('a')], [put('b'), FAILS]) },
  {
    name: 'who shares a transaction',
    migrations: files([put('a'), put('b')], [put('c')], [put('d'), put('e')]),
  },
  { name: 'CONCURRENTLY alone', migrations: files([index('i')]) },
  { name: 'CONCURRENTLY with others', migrations: files([table('a'), index('i')]) },
  {
    name: 'CONCURRENTLY among others',
    migrations: files([put('a'), put('b'), index('i'), put('c'), put('d')]),
  },
  {
    name: 'CONCURRENTLY behind COMMIT',
    migrations: files(['begin', put('a'), 'commit', index('i')]),
  },
  { name: 'CONCURRENTLY twice', migrations: files([index('i'), index('j')]) },
  {
    name: 'CONCURRENTLY in a file between',
    migrations: files([table('a')], [index('i', 'a (id)')], [put('c')]),
  },
  {
    name: 'a value of an enum, used by the next file',
    migrations: files(
      [`alter type app.mood add value 'new'`],
      [`create table app.m as select 'new'::app.mood as m`],
    ),
  },
  { name: 'BEGIN … COMMIT of its own', migrations: files(['begin', put('a'), put('b'), 'commit']) },
  {
    name: 'statements around BEGIN … COMMIT',
    migrations: files([put('a'), 'begin', put('b'), 'commit', put('c'), put('d'), FAILS]),
  },
  { name: 'VACUUM alone', migrations: files(['vacuum app.t']) },
  {
    name: 'its own marker',
    migrations: [
      { name: 'a', up: [put('a'), index('i'), put('b'), FAILS], down: ['select 2 / 0'], bare: true },
    ],
  },
  {
    name: 'its own marker in the second file',
    migrations: [
      { name: 'a', up: [put('a'), put('b')], down: ['select 2 / 0'] },
      { name: 'b', up: [index('i')], down: ['select 2 / 0'], bare: true },
      { name: 'c', up: [put('c'), put('d'), FAILS], down: ['select 2 / 0'] },
    ],
  },
];
