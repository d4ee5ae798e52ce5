import { expect, it } from 'vitest';
import { useReplayBench } from '../../support/replay/replay-bench.ts';
import { replayed, sqlStep } from '../../support/replay/replayed.ts';

const bench = useReplayBench();

async function lost(sql: string, extra: Parameters<typeof sqlStep>[2] = {}): Promise<unknown[]> {
  const found = await replayed(bench(), [sqlStep('change', sql, extra)], ['beside']);
  return found.map(({ status, message }) => [status, message]);
}

/** In a step of their own: a change of type is counted from what is there when its transaction begins. */
const VALUES = `update orders set label = case when id % 3 = 0 then 'c' || id else id::text end;
  alter table orders add price numeric(12,4) default 1.25; update orders set price = id * 1.0 + 0.005 where id <= 100`;

it.each([
  [
    `alter table orders alter label type int using nullif(regexp_replace(label, '^c.*', ''), '')::int`,
    'orders.label for good: of 20,000 rows that had one, 6,666 are NULL',
  ],
  [
    'alter table only public.orders alter column "price" set data type numeric(12,1)',
    'orders.price for good: of 20,000 rows that had one, 20,000 can no longer be told from others or lost a part',
  ],
  [
    'alter table orders alter state type boolean using state > 2, alter price type numeric',
    'orders.state for good: of 20,000 rows that had one, 20,000 can no longer be told from others or lost a part',
  ],
])('values that are gone after "%s" are counted', async (sql, message) => {
  expect(await lost(`${VALUES}; ${sql}`)).toEqual([['warn', expect.stringContaining(message) as unknown]]);
});

it.each([
  [
    'each value can be had back',
    `${VALUES}; alter table orders alter id type bigint, alter price type numeric(20,4)`,
    {},
  ],
  ['a number becomes its text', 'alter table orders alter state type text using state::text', {}],
  [
    'the author has said so',
    'alter table orders alter state type boolean using state > 2',
    { pointOfNoReturn: true },
  ],
])('says nothing where %s', async (_, sql, extra) => {
  expect(await lost(sql, extra)).toEqual([]);
});
