import type { Play } from './remedy-play.ts';

const LONG = `update t set name = (select string_agg(md5(i::text), '') from generate_series(1, 1000) i) where id = 1`;
const OWN = 'create policy own on t using (id in (select id from t))';
const ASKED = `create function ids() returns setof int language sql stable security definer set search_path = public
      as 'select id from t'; create policy own on t using (id in (select ids()))`;

/** What types, views, policies and indexes make of a row. */
export const EXPRESSION_PLAYS = {
  otherType: {
    who: 'app',
    fails: [
      'alter table t alter name type int using ascii(name)',
      `update t set name = 'a' || 'b' where id = 1`,
    ],
    works: [
      `alter table t add code int; create function fill() returns trigger language plpgsql as $$ begin new.code := ascii(new.name); return new; end $$;
         create trigger fill before insert or update on t for each row execute function fill()`,
      `update t set name = 'a' || 'b' where id = 1`,
    ],
    trouble: { sql: 'alter table t alter name type int using ascii(name)' },
  },
  castType: {
    who: 'plan',
    setup: `create table codes (code text default '5')`,
    fails: ['alter table codes alter code type int using code::int'],
    works: [
      'alter table codes alter code drop default, alter code type int using code::int, alter code set default 5',
    ],
  },
  notUpdatable: {
    who: 'app',
    fails: [
      'begin; alter table t rename to items; create view t as select distinct id, name from items; commit',
      'update t set name = name',
    ],
    works: [
      'begin; alter table t rename to items; create view t as select id, name from items; commit',
      'update t set name = name where id = 1',
    ],
  },
  checkOption: {
    who: 'app',
    setup: 'create view few as select * from t where id < 10',
    fails: ['alter view few set (check_option = local)', 'update few set id = 20 where id = 1'],
    works: ['alter view few set (check_option = local)', 'update few set id = 5 where id = 1'],
  },
  severalRows: {
    who: 'app',
    setup: 'create unique index by_name on t (name)',
    fails: [
      'drop index by_name',
      `insert into t values (3, 'a')`,
      `select (select id from t where name = 'a')`,
    ],
    works: [
      'drop index by_name',
      `insert into t values (3, 'a')`,
      `select (select min(id) from t where name = 'a')`,
    ],
  },
  notImmutable: {
    who: 'plan',
    setup: 'alter table t add made timestamptz',
    fails: ['create index on t ((made::date))'],
    works: [`create index concurrently on t (((made at time zone 'UTC')::date))`],
  },
  policyRecursion: {
    who: 'app',
    setup: 'grant usage on schema public to app; grant select on t to app',
    fails: [`alter table t enable row level security; ${OWN}`, 'set role app', 'select * from t'],
    works: [`alter table t enable row level security; ${ASKED}`, 'set role app', 'select * from t'],
  },
  wideIndexRow: {
    who: 'app',
    fails: ['create index on t (name)', LONG],
    works: ['create index concurrently on t (md5(name))', LONG],
  },
} as const satisfies Readonly<Record<string, Play>>;
