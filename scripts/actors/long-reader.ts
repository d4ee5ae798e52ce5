import type { Play } from './stage.ts';

const A_DAY_MS = 86_400_000;

/** A report: one SELECT that reads the whole table and goes on, with ACCESS SHARE on the table and all its indexes. */
export const longReader: Play = async (stage) => {
  const client = await stage.connect();
  const { name } = stage.table;
  await client.query('begin isolation level repeatable read read only');
  const until = `statement_timestamp() + interval '${stage.forMs ?? A_DAY_MS} ms'`;
  const reading = client.query(`select count(*), pg_sleep_until(${until}) from ${name}`);
  await stage.inPlaceWith(client, 'AccessShareLock', reading);
  await client.query('commit');
};
