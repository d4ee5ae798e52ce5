import type { Play } from './remedy-play.ts';

const PARTS = `create table parts (id int, n int) partition by list (id); create table p1 partition of parts for values in (1);
    create table rest partition of parts default; insert into parts values (1, 1), (5, 5)`;

/** What rows, keys and references a partitioned table takes. */
export const PARTITION_PLAYS = {
  defaultRows: {
    who: 'plan',
    setup: PARTS,
    fails: ['create table p5 partition of parts for values in (5)'],
    works: [
      `begin; create table p5 (like parts including all);
         with moved as (delete from rest where id = 5 returning *) insert into p5 select * from moved;
         alter table parts attach partition p5 for values in (5); commit`,
      'do $$ begin assert (select count(*) = 2 from parts); end $$',
    ],
  },
  partitionBounds: {
    who: 'plan',
    setup: `${PARTS}; create table p7 (like parts including all); insert into p7 values (7, 7), (8, 8)`,
    fails: ['alter table parts attach partition p7 for values in (7)'],
    works: [
      'alter table p7 add constraint bounds check (id is not null and id = 7) not valid',
      'delete from p7 where id <> 7',
      'alter table p7 validate constraint bounds',
      'alter table parts attach partition p7 for values in (7)',
    ],
  },
  partitionedUnique: {
    who: 'plan',
    setup: PARTS,
    fails: ['alter table parts add unique (n)'],
    works: ['alter table parts add unique (n, id)', 'create unique index concurrently p1_n on p1 (n)'],
  },
  truncateReferenced: {
    who: 'plan',
    setup:
      'create table gone (id int primary key); create table child (gone_id int references gone); insert into gone values (1), (2); insert into child values (1)',
    fails: ['truncate gone'],
    works: ['delete from child where gone_id = 1; delete from gone where id = 1'],
  },
  keyForReference: {
    who: 'plan',
    setup: 'create table child (t_id int)',
    fails: ['alter table child add foreign key (t_id) references t (id)'],
    works: [
      'create unique index concurrently by_id on t (id)',
      'alter table child add constraint child_t foreign key (t_id) references t (id) not valid',
      'alter table child validate constraint child_t',
    ],
  },
} as const satisfies Readonly<Record<string, Play>>;
