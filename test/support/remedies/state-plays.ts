import type { Play } from './remedy-play.ts';
import { CONNECT_AS_APP } from './remedy-acts.ts';

/** Who may connect and write, and what hangs on what. */
export const STATE_PLAYS = {
  mayNotConnect: {
    who: 'app',
    setup: `alter role app login password 'app'`,
    fails: ['alter role app nologin', CONNECT_AS_APP],
    works: [CONNECT_AS_APP, 'alter role app nologin'],
  },
  connectionLimit: {
    who: 'app',
    setup: `alter role app login password 'app' connection limit 0`,
    fails: [CONNECT_AS_APP],
    works: ['alter role app connection limit 2', CONNECT_AS_APP],
  },
  readOnly: {
    who: 'app',
    fails: ['set default_transaction_read_only = on', 'update t set id = id'],
    works: ['set default_transaction_read_only = on', 'begin read write; update t set id = id; commit'],
  },
  roleInUse: {
    who: 'plan',
    setup: 'grant select on t to app',
    fails: ['drop role app'],
    works: ['reassign owned by app to current_user; drop owned by app; drop role app'],
  },
  dependents: {
    who: 'plan',
    setup: 'create view v as select id, name from t',
    fails: ['alter table t drop name'],
    works: ['begin; drop view v; alter table t drop name; create view v as select id from t; commit'],
  },
  serverFolder: {
    who: 'plan',
    fails: [`create tablespace fast location '/there/is/none'`],
    works: [
      'set allow_in_place_tablespaces = on',
      `create tablespace fast location ''`,
      'drop tablespace fast',
    ],
  },
  defaultPartition: {
    who: 'plan',
    setup: `create table parts (id int) partition by list (id); create table p1 partition of parts for values in (1);
      create table rest partition of parts default`,
    fails: ['alter table parts detach partition p1 concurrently'],
    works: [`set lock_timeout = '1s'`, 'alter table parts detach partition p1'],
  },
} as const satisfies Readonly<Record<string, Play>>;
