import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, closeQuietly, withConnection } from '../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { DatabaseCopies } from '../../../scripts/snapshot/database-copies.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';

const SIGNAL = AbortSignal.timeout(60_000);

let database: TestDatabase;
let endpoint: PgEndpoint;

/** As the app, which lives under the settings of the database; the rehearsal's own sessions do not. */
async function query(text: string): Promise<unknown[]> {
  return withConnection(endpoint, 'app', async (client) => {
    const { rows } = await client.query<Record<string, unknown>>(text);
    return rows.map((row) => Object.values(row)[0]);
  });
}

beforeAll(async () => {
  database = await startTestDatabase();
  endpoint = { ...database.endpoint, database: 'to copy' };
  const server = { ...database.endpoint, database: 'postgres' };
  await withConnection(server, 'setup', (client) => client.query('create database "to copy"'));
  await query('create table kept as select 1 as id');
  await query(`alter database "to copy" set search_path = "$user", 'odd; name', public`);
  await query(`alter database "to copy" set work_mem = '7MB'`);
  await query(`alter role current_user in database "to copy" set lock_timeout = '3s'`);
});
afterAll(() => database.stop());

describe('copies of the restored database', () => {
  it('are each as the restore left it, with its settings, whatever was done to the one before', async () => {
    const copies = await DatabaseCopies.of(endpoint, SIGNAL);
    for (let turn = 0; turn < 2; turn++) {
      await copies.fresh(SIGNAL);
      expect(await query('select id from kept')).toEqual([1]);
      expect(await query('show search_path')).toEqual(['"$user", "odd; name", public']);
      expect(await query('show work_mem')).toEqual(['7MB']);
      expect(await query('show lock_timeout')).toEqual(['3s']);
      await query('drop table kept');
      await query('create table of_the_plan (id int)');
    }
    const straggler = await connect(endpoint, 'app');
    await copies.fresh(SIGNAL);
    expect(await query(`select to_regclass('of_the_plan') is null`)).toEqual([true]);
    await closeQuietly(straggler);
  });

  it('say what they need where they cannot be made', async () => {
    const gone = { ...endpoint, database: 'nowhere' };
    await expect(DatabaseCopies.of(gone, SIGNAL)).rejects.toMatchObject({
      code: 'RESTORE_FAILED',
      message: expect.stringContaining('"nowhere" does not exist') as string,
    });
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    await expect(DatabaseCopies.of(endpoint, stop.signal)).rejects.toThrow('stopped');
  });
});
