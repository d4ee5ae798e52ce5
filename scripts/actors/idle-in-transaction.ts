import type { Play } from './act.ts';

/**
 * A session that wrote and forgot to commit: a transaction with an id of its own and ROW EXCLUSIVE on the table. It locks no
 * row, because the app's writes would then stand still without any migration.
 */
export const idleInTransaction: Play = async (act) => {
  const client = await act.connect();
  await client.query('begin');
  await client.query('select txid_current()');
  await client.query(`lock table ${act.table.name} in row exclusive mode`);
  act.inPlace();
  await act.over();
};
