import { expect, it } from 'vitest';
import type { BackfillStep } from '../../../scripts/plan/model.ts';
import type { StepOutcome } from '../../../scripts/replay/context.ts';
import { runBackfillStep } from '../../../scripts/replay/steps/backfill-step.ts';
import { asError } from '../../../scripts/shared/errors.ts';
import { useReplayBench } from '../../support/replay/replay-bench.ts';

const bench = useReplayBench();

const STEP: BackfillStep = {
  name: 'step',
  phase: 'backfill',
  retries: 0,
  retryPauseMs: 50,
  pointOfNoReturn: false,
  kind: 'backfill',
  table: 'parts',
  key: ['a', 'b'],
  set: 'done = done + 1',
  batchTargetMs: 4,
};
/** How often the rows were changed, and how many rows. */
const DONE = 'select done, count(*)::int as rows from parts group by 1 order by 1';

/** Fills and analyses the table `parts`, of which `sql` makes the columns a, b and what it needs. */
async function given(sql: string): Promise<void> {
  await bench().setup.query(
    `drop schema if exists app cascade; drop table if exists parts cascade; drop domain if exists code; drop type if exists mood, pair;
     ${sql}; alter table parts add if not exists done int not null default 0; analyze`,
  );
}

async function run(extra: Partial<BackfillStep> = {}): Promise<StepOutcome> {
  return await runBackfillStep({ ...STEP, ...extra }, bench().context, () => undefined);
}

const made = (a: string, b: string, how = 'primary key (a, b)'): string =>
  `create table parts as select ${a} as a, ${b} as b from generate_series(1, 2000) i; alter table parts add ${how}`;
const indexed = (a: string, b: string, index: string): string =>
  `${made(a, b, 'check (true)')}; create index on parts (${index})`;

const TABLES: Record<string, [sql: string, key?: string[]]> = {
  'of which the first has few values': [made('i % 2', 'i')],
  'of which the first is nearly unique': [made('i / 2', 'md5(i::text)')],
  'named in another order than the index has': [made('i % 7', 'i'), ['b', 'a']],
  'of fixed lengths, with a modifier, and of the same value': [
    `${made('(i % 9)::text::char(8)', '(i % 9)::text', 'c numeric(12, 3)')}; update parts set c = ctid::text::point <-> '0,0';
     create index on parts (a, b, c)`,
    ['a', 'b', 'c'],
  ],
  'an enum and a domain whose rule is not valid': [
    `create type mood as enum ('wild', 'calm'); create domain code as char(8);
     ${made("(array['wild', 'calm'])[1 + i % 2]::mood", "lpad(i::text, 8, '0')::code")};
     alter domain code add check (value > '5') not valid`,
  ],
  'a row and an array with NULLs inside': [
    `create type pair as (x int, y text); ${made("row(i % 5, case when i % 3 > 0 then 'y' end)::pair", 'array[null, i]')}`,
  ],
  'infinite dates and ranges': [
    made(
      "case i % 3 when 0 then date 'infinity' when 1 then date '-infinity' else date '2026-01-01' + i end",
      'int4range(i, null)',
    ),
  ],
  'in an index that goes down in one': [indexed('i % 7', 'i', 'a, b desc')],
  'in an index that goes down in the first': [indexed('i % 7', 'i', 'a desc nulls last, b nulls first')],
  'in an index of another collation and operator class': [
    indexed('upper(md5(i::text)) || i', "'ä' || i", 'a collate "C", b text_pattern_ops'),
  ],
  'of a collation that takes different texts for the same': [
    `create collation if not exists alike (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
     create table parts (a text collate alike, b int, primary key (a, b));
     insert into parts select case when i % 2 = 0 then 'Key' else 'kEY' end || i % 3, i from generate_series(1, 2000) i`,
  ],
  'of which no index knows': [made('i % 7', 'i', 'check (true)')],
  'of which one is named as the walk names its own': [
    `${made('i % 7', 'i')}; alter table parts rename a to "key 2"`,
    ['"key 2"', 'b'],
  ],
  'that are not unique': [indexed('i % 7', 'i % 40', 'a, b')],
  'of a partitioned table': [
    `create table parts (a int, b date, primary key (a, b)) partition by range (b);
     create table parts_1 partition of parts for values from ('2026-01-01') to ('2027-01-01');
     create table parts_2 partition of parts default;
     insert into parts select i % 9, date '2026-06-01' + i from generate_series(1, 2000) i`,
  ],
  'of a table and those that inherit from it': [
    `create table parts (a int, b int, primary key (a, b)); create table more () inherits (parts);
     insert into parts select i % 9, i from generate_series(1, 1000) i;
     insert into more select i % 9, i from generate_series(1001, 2000) i`,
  ],
};

it('a backfill along several columns changes every row once, whatever they are', async () => {
  const changed: Record<string, unknown> = {};
  for (const [name, [sql, key = ['a', 'b']]] of Object.entries(TABLES)) {
    await given(sql);
    const said = await run({ key }).then(({ summary }) => summary.split(' in ')[0], asError);
    changed[name] = [said, ...(await bench().setup.query<Record<string, number>>(DONE)).rows];
  }
  const once = ['2,000 rows', { done: 1, rows: 2000 }];
  expect(changed).toEqual(Object.fromEntries(Object.keys(TABLES).map((name) => [name, once])));
});
