import type { Play } from './stage.ts';

/**
 * A session that wrote and forgot to commit: a transaction with an id of its own and ROW EXCLUSIVE on the table. It locks no
 * row, because the app's writes would then stand still without any migration.
 */
export const idleInTransaction: Play = async (stage) => {
  const client = await stage.connect();
  await client.query('begin');
  await client.query('select txid_current()');
  await client.query(`lock table ${stage.table.name} in row exclusive mode`);
  stage.inPlace();
  await stage.over();
};
