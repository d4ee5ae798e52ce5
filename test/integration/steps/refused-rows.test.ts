import { expect, it } from 'vitest';
import { useReplayBench } from '../../support/replay/replay-bench.ts';
import { replayed, sqlStep } from '../../support/replay/replayed.ts';

const bench = useReplayBench();

/** What the finding says of the last step behind PostgreSQL's own words. */
async function told(...sqls: readonly string[]): Promise<string | undefined> {
  const steps = sqls.map((sql, index) => sqlStep(`s${index + 1}`, sql));
  const found = await replayed(bench(), steps, ['steps']);
  return found[0]?.message.replace(/^.*?\d{5} [^.]*\.( |$)/, '');
}

it.each([
  [
    'alter table orders alter label set not null',
    '20,000 rows of orders break it: 20,000 rows were there before the plan.',
  ],
  [
    'alter table orders add constraint few check (state < 6)',
    '2,857 rows of orders break it: 2,857 rows were there before the plan.',
  ],
  [
    'create unique index concurrently on orders (state) where id <= 14',
    '14 rows of orders break it: 14 rows were there before the plan.',
  ],
  [
    'alter table orders add unique (state)',
    '20,000 rows of orders break it: 20,000 rows were there before the plan.',
  ],
  ['create unique index concurrently on orders ((state + 1))', ''],
])('the rows for which "%s" was refused are counted', async (sql, message) => {
  expect(await told(sql)).toBe(message);
});

it('rows that steps wrote are told by the step', async () => {
  const message = await told(
    'alter table orders add constraint few check (state < 9) not valid',
    'alter table orders drop constraint few; update orders set state = 9 where id <= 30; alter table orders add constraint few check (state < 9) not valid',
    'alter table orders validate constraint few',
  );
  expect(message).toBe('30 rows of orders break it: 30 rows were written in step 2 s2.');
});

it('rows from several times are told apart', async () => {
  const message = await told(
    'update orders set label = id where id > 5',
    'insert into orders values (-1, 1, null)',
    'alter table orders alter label set not null',
  );
  expect(message).toBe(
    '6 rows of orders break it: 5 rows were there before the plan and 1 row was written in step 2 s2.',
  );
});

it('how many statements of the step were not reached', async () => {
  const message = await told(
    'begin; select 1; alter table orders alter label set not null; select 2; select 3; commit; select 4',
  );
  expect(message).toMatch(/^3 of its \d statements were not reached\. 20,000 rows of orders break it/);
});
