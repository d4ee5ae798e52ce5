import type { Play } from './remedy-play.ts';

const PARTS = `create table parts (id int not null) partition by list (id); create table p1 partition of parts for values in (1);
    create table p2 partition of parts for values in (2)`;

/** Statements that a partitioned table, or a column in use, does not take. */
export const NOT_SUPPORTED_PLAYS = {
  partitionedIndex: {
    who: 'plan',
    setup: PARTS,
    fails: ['create index concurrently by_id on parts (id)'],
    works: [
      'create index by_id on only parts (id)',
      'create index concurrently p1_by_id on p1 (id)',
      'create index concurrently p2_by_id on p2 (id)',
      'alter index by_id attach partition p1_by_id',
      'alter index by_id attach partition p2_by_id',
      `do $$ begin assert (select indisvalid from pg_index where indexrelid = 'by_id'::regclass); end $$`,
    ],
  },
  partitionedDrop: {
    who: 'plan',
    setup: `${PARTS}; create index by_id on parts (id)`,
    fails: ['drop index concurrently by_id'],
    works: [`set lock_timeout = '500ms'`, 'drop index by_id', 'reset lock_timeout'],
  },
  partitionedKey: {
    who: 'plan',
    setup: PARTS,
    fails: [
      'create unique index by_id on parts (id)',
      'alter table parts add constraint parts_key unique using index by_id',
    ],
    works: [
      'create unique index concurrently p1_key on p1 (id)',
      'create unique index concurrently p2_key on p2 (id)',
      'alter table p1 add constraint p1_key unique using index p1_key',
      'alter table p2 add constraint p2_key unique using index p2_key',
      'alter table only parts add constraint parts_key unique (id)',
      'alter index parts_key attach partition p1_key',
      'alter index parts_key attach partition p2_key',
      `do $$ begin assert (select indisvalid from pg_index where indexrelid = 'parts_key'::regclass); end $$`,
    ],
  },
  usedColumn: {
    who: 'plan',
    setup: 'create view names as select id, name from t',
    fails: ['alter table t alter name type varchar(80)'],
    works: [
      `begin; drop view names; alter table t alter name type varchar(80);
         create view names as select id, name from t; commit`,
      'select name from names',
    ],
  },
} as const satisfies Readonly<Record<string, Play>>;
