import { expect, test } from 'vitest';
import { type PgClient } from '../../../scripts/pg/client.ts';
import { WarmConnection } from '../../../scripts/pg/warm-connection.ts';
import { ownDatabase } from '../../support/database/own-database.ts';

const own = ownDatabase();

async function pidOf(client: PgClient): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid;
}

test('looks share one backend, and the next one has another where it was ended meanwhile', async () => {
  const connection = new WarmConnection(own.database.endpoint);
  const first = await connection.use(pidOf);
  expect(await connection.use(pidOf)).toBe(first);
  await own.setup.query('select pg_terminate_backend($1, 5000)', [first]);
  const second = await connection.use(pidOf);
  expect(second).not.toBe(first);
  await expect(connection.use((client) => client.query('select 1 / 0'))).rejects.toThrow('division by zero');
  expect(await connection.use(pidOf)).toBe(second);
  await connection.close();
  await connection.close();
});

test('a look ends as soon as its run is cut off, and leaves no backend behind', async () => {
  const connection = new WarmConnection(own.database.endpoint);
  const stop = new AbortController();
  const pid = await connection.use(pidOf);
  const waiting = connection.use((client) => client.query('select pg_sleep(60)'), stop.signal);
  setTimeout(() => {
    stop.abort(new Error('cut off'));
  }, 100);
  await expect(waiting).rejects.toThrow('cut off');
  await own.setup.query('select pg_terminate_backend($1, 5000)', [pid]);
  await connection.close();
  const { rowCount } = await own.setup.query(
    `select from pg_stat_activity where application_name = 'rehearse/setup' and pid <> pg_backend_pid()`,
  );
  expect(rowCount).toBe(0);
});
