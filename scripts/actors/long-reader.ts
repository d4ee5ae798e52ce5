import type { Play } from './act.ts';

const A_DAY_MS = 86_400_000;

/** A report: one SELECT that reads the whole table and goes on, with ACCESS SHARE on the table and all its indexes. */
export const longReader: Play = async (act) => {
  const client = await act.connect();
  const { name } = act.table;
  await client.query('begin isolation level repeatable read read only');
  const until = `statement_timestamp() + interval '${act.forMs ?? A_DAY_MS} ms'`;
  const reading = client.query(`select count(*), pg_sleep_until(${until}) from ${name}`);
  await act.inPlaceWith(client, 'AccessShareLock', reading);
  await client.query('commit');
};
