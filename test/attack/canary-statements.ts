import { CANARY_VALUES } from '../support/runs/canary.ts';

/** A value of the table `birds` by its number, so that no statement spells it. */
const value = (id: number): string => `(select note from birds where id = ${id})`;
const dynamic = (body: string): string =>
  `do $$ declare v text := ${value(2)}; w text := ${value(3)}; begin ${body} end $$`;

/** Every text, number and date in it is a canary. */
export const BIRDS = `
create type mood as enum ('sunny', 'rainy');
create domain short as text check (length(value) < 4);
create domain present as text not null;
create table birds (id int primary key, note text, fixed char(90), tags text[], doc jsonb, raw bytea, amount numeric, day date);
insert into birds select n, v, v, array[v], to_jsonb(v), convert_to(v, 'UTF8'), 7700770077, '1977-07-07'
  from unnest(array[${CANARY_VALUES.map((text) => `'${text.replaceAll("'", "''")}'`).join(', ')}]) with ordinality as b (v, n);
create table unique_notes (note text unique, must text not null default 'x', few int check (few < 5), like_bird text, felt mood);
create unique index odd_name on unique_notes (lower(note));
insert into unique_notes select note from birds;
create table parents (note text primary key);
create table children (note text references parents);
create table excluded (note text, exclude using btree (note with =));
insert into excluded select note from birds;
create table parts (note text) partition by list (note);
create table parts_a partition of parts for values in ('a');
create table watched (note text);
create view seen as select note from watched where note like 'a%' with check option;
create function shout(t text) returns text language plpgsql as $$ begin raise exception 'no %', t using detail = t, hint = t; end $$;
create function wrong() returns trigger language plpgsql as $$ begin
  if tg_op = 'INSERT' then raise exception using message = new.note, errcode = '23514', constraint = new.note, table = new.note; end if;
  return new.nothing; end $$;
create table guarded (note text);
create trigger guard before insert or update on guarded for each row execute function wrong();
create sequence tiny_seq maxvalue 2;
`;

/** Statements that fail, each with a value of a row within PostgreSQL's reach, over the classes that users meet. */
export const FAILING: readonly string[] = [
  // 22: data exceptions
  ...[1, 3, 4, 5, 6, 7, 8, 9, 10].map((id) => `select ${value(id)}::int`),
  ...[
    'bigint',
    'numeric',
    'boolean',
    'date',
    'timestamptz',
    'interval',
    'uuid',
    'json',
    'jsonb',
    'inet',
    'macaddr',
    'point',
    'box',
  ].map((type) => `select note::${type} from birds`),
  ...[
    'bytea',
    'int[]',
    'int4range',
    'mood',
    'bit',
    'xid',
    'oid',
    'tsquery',
    'time',
    'money',
    'pg_lsn',
    'jsonpath',
    'circle',
  ].map((type) => `select ${value(7)}::${type}`),
  ...['int[]', 'birds', 'int4range', 'int4multirange', 'txid_snapshot', 'tid'].map(
    (type) => `select ${value(8)}::${type}`,
  ),
  'select amount::int from birds',
  'select amount::smallint from birds',
  'select (amount * 1e300)::float4 from birds',
  'select amount / 0 from birds',
  'select note::varchar(3)::char(2), cast(note as varchar) || lpad(note, -1), note::short from birds',
  'insert into unique_notes (note, like_bird) select null::present, note from birds',
  'alter table birds alter column note type varchar(4)',
  'alter table birds alter column note type int using note::int',
  'alter table birds alter column day type int using day::text::int',
  `select date_trunc(${value(1)}, now())`,
  `select now() at time zone ${value(5)}`,
  `select to_date(${value(1)}, 'YYYY-MM-DD')`,
  `select to_timestamp('1', ${value(6)}), to_number(${value(1)}, '999')`,
  `select encode(raw, ${value(1)}) from birds`,
  `select decode(${value(1)}, 'hex')`,
  `select decode(${value(4)}, 'base64')`,
  `select convert_from(raw, ${value(1)}) from birds`,
  `select regexp_replace('a', ${value(1)} || '(', 'b')`,
  `select regexp_replace('a', 'a', 'b', ${value(1)})`,
  `select format(${value(6)}, 1)`,
  `select jsonb_set('{"a": [1]}', array['a', ${value(1)}], '2')`,
  `select jsonb_path_query('{}', ('strict $."' || ${value(1)} || '"')::jsonpath)`,
  `select ${value(1)} like 'x' escape ${value(1)}`,
  `select set_config('work_mem', ${value(1)}, false)`,
  `select set_config(${value(3)}, 'x', false)`,
  `select parse_ident(${value(3)})`,
  `select nextval('tiny_seq'), nextval('tiny_seq'), nextval('tiny_seq'), setval('tiny_seq', 7700770077)`,
  `select array_fill(1, array[(select amount from birds limit 1)::text::int])`,
  `select normalize('a', nfc), unistr('\\' || ${value(1)})`,
  `select chr((select amount from birds limit 1)::bigint::int)`,
  `select to_json(note)::text::int from birds`,
  'select string_to_array(note, null)::int[] from birds',
  // 21, 23: cardinality and integrity
  'select (select note from birds)',
  'insert into unique_notes select note from birds',
  'insert into unique_notes (note, must, like_bird) select note || 1, null, note from birds',
  'insert into unique_notes (note, few, like_bird) select note || 2, 9, note from birds',
  'insert into children select note from birds',
  'insert into parts select note from birds',
  'insert into excluded select note from birds',
  'insert into seen select note from birds',
  'create unique index on birds (left(note, 0))',
  'alter table birds add check (note is null)',
  'alter table birds add constraint no_note unique (fixed), add unique (day)',
  'alter table birds add foreign key (note) references parents',
  'insert into unique_notes (note) select note from birds on conflict (note) do update set note = excluded.note || null, must = null',
  // 42, 3F, 34, 26: names that are values
  ...[
    'regclass',
    'regtype',
    'regproc',
    'regrole',
    'regnamespace',
    'regprocedure',
    'regconfig',
    'regoper',
    'regcollation',
  ].flatMap((type) => [`select ${value(2)}::${type}`, `select ${value(3)}::${type}`]),
  `select nextval(${value(2)})`,
  `select has_table_privilege(${value(2)}, 'select')`,
  `select has_table_privilege('birds', ${value(2)})`,
  `select has_column_privilege('birds', ${value(2)}, 'select')`,
  `select pg_get_serial_sequence('birds', ${value(2)})`,
  `select pg_get_serial_sequence(${value(2)}, 'id')`,
  `select to_tsvector(${value(2)}::regconfig, 'a')`,
  `select current_setting(${value(2)})`,
  `select table_to_xml(${value(2)}, true, true, '')`,
  `select query_to_xml(${value(2)}, true, true, '')`,
  `select ts_stat(${value(2)})`,
  `select pg_read_file(${value(2)})`,
  `select lo_import(${value(2)})`,
  dynamic("execute format('select * from %I', v);"),
  dynamic("execute format('select %I from birds', w);"),
  dynamic("execute format('select %s', w);"),
  dynamic("execute format('select %L::int', w);"),
  dynamic("execute format('drop table %I', w);"),
  dynamic("execute format('create table %I (a int, a int)', w);"),
  dynamic("execute format('set role %I', w);"),
  dynamic("execute format('set search_path to %I', w); create table nowhere (a int);"),
  dynamic("execute format('fetch all from %I', w);"),
  dynamic("execute format('execute %I', w);"),
  dynamic("execute format('alter type mood rename value %L to ''x''', w);"),
  dynamic("execute format('alter type mood add value %L', 'sunny');"),
  dynamic("execute format('select %I(1)', w);"),
  dynamic("execute format('select 1 %s 2', '@@@'); execute v || ' ' || w;"),
  dynamic("execute format('alter table birds add constraint %I check (note is null)', w);"),
  dynamic("execute format('create function f() returns int language %I as '''' ', w);"),
  dynamic("execute format('comment on column birds.%I is ''x''', w);"),
  dynamic("execute format('savepoint %I', w);"),
  dynamic("execute format('create extension %I', v);"),
  dynamic("execute format('copy birds from %L', w);"),
  dynamic("execute format('copy birds from program %L', 'echo ' || v);"),
  // P0 and what else code can raise
  dynamic(
    "raise exception 'customer \"%\" (%) is not ready', v, w using errcode = 'check_violation', hint = 'look at ' || v;",
  ),
  dynamic(
    'raise exception using message = v, detail = w, hint = v, column = v, constraint = v, datatype = v, table = v, schema = v;',
  ),
  dynamic("raise exception using message = 'relation \"' || v || '\" does not exist', errcode = '42P01';"),
  dynamic("raise exception using message = v, errcode = 'ZZ123';"),
  dynamic('assert false, v;'),
  dynamic('select note into strict v from birds;'),
  dynamic('select note into strict v from birds where note = w || w;'),
  dynamic('v := v::int;'),
  dynamic('perform shout(v);'),
  `select shout(note) from birds`,
  `insert into guarded select note from birds`,
  dynamic('perform v from birds where nothing = 1;'),
  dynamic("execute 'select note, ' || quote_ident(w) || ' from birds';"),
  dynamic("case v when 'x' then null; end case;"),
  dynamic("perform set_config('application_name', v, false); raise exception '%', v;"),
  dynamic('perform pg_notify(repeat(v, 20), w);'),
  dynamic('perform dblink(v) ;'),
  // 25, 55, 57, 54
  'vacuum birds; select 1',
  `select pg_advisory_lock(1), pg_sleep(0.01), cast(${value(1)} as int)`,
  "set local statement_timeout = '1ms'; select pg_sleep(1), note from birds",
  `select repeat(note, 200000000) from birds where id = 1`,
  `select array_agg(repeat(note, 100))::text::int from birds`,
];
