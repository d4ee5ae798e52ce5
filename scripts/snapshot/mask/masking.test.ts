import { expect, it } from 'vitest';
import type { MaskRules } from '../../plan/mask/mask-rules.ts';
import { SqlPieces } from '../text/sql-pieces.ts';
import { Masking } from './masking.ts';

const NONE: MaskRules = { shown: 'mask.yaml', sha256: '', columns: [], keep: [] };
const KEY = { secret: 'k'.repeat(64), id: undefined };

/** What comes out of a snapshot for which there are no rules. @throws what refuses it */
async function unruled(sql: string): Promise<string> {
  const masking = new Masking({ rules: NONE, key: KEY, shown: 'snapshot.sql' });
  async function* content(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(sql));
  }
  let made = '';
  const pieces = masking.pieces(new SqlPieces('snapshot.sql', { openEnd: true }).read(content()));
  for await (const piece of pieces) if (piece.type === 'copy-data') made += piece.bytes.toString();
  return made;
}

const ADA = 'Ada Lovelace\tada@mail.example.com\n\\.\n';

it.each([
  [
    'a typed table',
    `create type public.person as (name text, email text); create table public.people of public.person;
copy public.people (name, email) from stdin;\n${ADA}`,
  ],
  [
    'a table like another',
    `create table public.a (name text, email text); create table public.people (like public.a);
copy public.people (name, email) from stdin;\n${ADA}`,
  ],
  [
    'a renamed column',
    `create table public.people (name text, e text); alter table public.people rename e to email;
copy public.people (name, email) from stdin;\n${ADA}`,
  ],
  [
    'a column of the type of another table',
    `create table public.who (id int, first_name text); create table public.people (id int, email public.who[]);
copy public.people (id, email) from stdin;\n1\t{}\n\\.\n`,
  ],
  [
    'a column of a composite type',
    `create type public.addr as (street text); create table public.people (id int, home_address public.addr);
copy public.people (id, home_address) from stdin;\n1\t("Wollzeile 12")\n\\.\n`,
  ],
])('personal values without a rule do not pass in %s', async (_, sql) => {
  await expect(unruled(sql)).rejects.toThrow(/people\.(email|home_address|name)/);
});

it.each([
  "with x as (select 1) insert into public.t values ('ada@mail.example.com');",
  "do $$begin insert into public.t values ('ada@mail.example.com'); end$$;",
  "create table public.t as select 'ada@mail.example.com' as mail;",
  "create unlogged table if not exists public.t as select 'ada@mail.example.com' as mail;",
  "select 'ada@mail.example.com' as mail into public.t;",
])('rows outside of COPY are refused: %s', async (sql) => {
  await expect(unruled(sql)).rejects.toThrow('holds rows outside of COPY');
});

it('a column that a security label says to mask does not pass without a rule, nor in a partition of its table', async () => {
  const sql = `create table public.t (code text) partition by list (code);
create table public.t_1 partition of public.t for values in ('k7');
security label for anon on column public.t.code is 'MASKED WITH VALUE NULL';
copy public.t_1 (code) from stdin;\nk7\n\\.\n`;
  await expect(unruled(sql)).rejects.toThrow('public.t.code: looks personal (labelled so, to be masked)');
});

it('a type that is called like one of PostgreSQL’s is the one of its schema', async () => {
  const sql = `create domain public.code as text; create domain app.code as bytea; create type app.date as enum ('a');
create table public.t (a public.code, b app.code, c app.date, d date not null);\n`;
  const columns = ['a', 'b', 'c', 'd'].map((column, line) => ({
    at: { schema: 'public', table: 't', column },
    written: `t.${column}`,
    line,
    rule: { kind: column === 'd' ? ('null' as const) : ('scramble' as const) },
  }));
  const masking = new Masking({ rules: { ...NONE, columns }, key: KEY, shown: 'snapshot.sql' });
  async function* content(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(Buffer.from(sql));
  }
  await masking.survey(
    new SqlPieces('snapshot.sql', { openEnd: true }).read(content()),
    new AbortController().signal,
  );
  expect(masking.ruleMistakes().map(({ key, message }) => `${key} ${message}`)).toEqual([
    't.c scramble cannot be done to a column of type app.date; write null',
    't.d null cannot be done to a column that is NOT NULL; write another rule, such as { value: … } with a value of type date',
  ]);
});

it('what makes tables and functions is no row', async () => {
  const sql = `create function public.f() returns table (a int) language sql as $$ select 1 $$;
create view public.v as select 1 as a;\nselect pg_catalog.set_config('search_path', '', false);
create table public.n (a int);\ncopy public.n (a) from stdin;\n7\n\\.\n`;
  expect(await unruled(sql)).toBe('7\n');
});
