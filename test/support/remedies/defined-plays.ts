import type { Play } from './remedy-play.ts';

export const DEFINED_PLAYS = {
  sequenceEnd: {
    who: 'app',
    setup: `create sequence s; alter table t add n bigint`,
    fails: [
      'alter sequence s restart with 3 maxvalue 3',
      `do $$ begin perform nextval('s'); end $$`,
      `update t set n = nextval('s') where id = 1`,
    ],
    works: ['alter sequence s as bigint no maxvalue', `update t set n = nextval('s') where id = 1`],
  },
  generatedColumn: {
    who: 'app',
    setup: 'alter table t add n int',
    fails: [
      'alter table t drop n, add n int generated always as (id * 2) stored',
      'update t set n = 5 where id = 1',
    ],
    works: [
      `create function fill_n() returns trigger language plpgsql as $$ begin new.n := new.id * 2; return new; end $$;
       create trigger fill_n before insert or update on t for each row execute function fill_n()`,
      'update t set n = 5 where id = 1',
    ],
  },
  viewColumns: {
    who: 'plan',
    setup: 'create view v as select id, name from t',
    fails: ['create or replace view v as select id from t'],
    works: ['begin; drop view v; create view v as select id from t; commit'],
  },
} as const satisfies Readonly<Record<string, Play>>;
