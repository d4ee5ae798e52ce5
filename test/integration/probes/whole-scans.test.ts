import { expect, it } from 'vitest';
import type { SqlStep } from '../../../scripts/plan/model.ts';
import { runSqlStep } from '../../../scripts/replay/steps/sql-step.ts';
import { useReplayBench } from '../../support/replay/replay-bench.ts';
import { sqlStep } from '../../support/replay/replayed.ts';

const bench = useReplayBench();

/** What each statement read by sequential scans of tables that were there before it, as `relation rows`. */
async function scanned(sql: string, extra: Partial<SqlStep> = {}): Promise<string[][]> {
  await runSqlStep(sqlStep('change', sql, extra), bench().context, () => undefined);
  await bench().close();
  const events = (await bench().folder.read('steps')) ?? [];
  return events
    .filter((event) => event.type === 'statement')
    .map((event) => (event.scanned ?? []).map(({ relation, rows }) => `${relation} ${rows}`));
}

const ALL = ['public.orders 20000'];

it('counts the rows that each statement read, and none where PostgreSQL need not look', async () => {
  expect(
    await scanned(`alter table orders alter state set not null;
      alter table orders alter state set not null;
      alter table orders add column c int default 4;
      alter table orders add constraint positive check (id > 0);
      alter table orders add constraint positive_too check (id > 0) not valid;
      alter table orders validate constraint positive_too;
      select * from orders where id = 5;`),
  ).toEqual([ALL, [], [], ALL, [], ALL, []]);
});

it('counts each statement of a transaction for itself, and the next transaction from the beginning', async () => {
  const check = (name: string): string => `alter table orders add constraint ${name} check (id > 0)`;
  expect(
    await scanned(`begin; ${check('a')}; lock table items; ${check('b')}; commit; ${check('c')}; ${check('d')};
      begin; ${check('e')}; commit and chain; ${check('f')}; commit`),
  ).toEqual([ALL, [], ALL, ALL, ALL, ALL, ALL]);
});

it('sees what a function does, and a foreign key that looks at both tables', async () => {
  const seen = await scanned(`insert into items select id from orders;
    alter table items add foreign key (order_id) references orders;
    do $$ begin perform count(*) from orders where label is null; end $$`);
  expect(seen.map((tables) => tables.toSorted())).toEqual([
    ALL,
    ['public.items 20000', 'public.orders 20000'],
    ALL,
  ]);
});
