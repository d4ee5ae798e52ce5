import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, withConnection } from '../../../scripts/pg/client.ts';
import { crashServer } from '../../../scripts/replay/interruption/crash-server.ts';
import { RunClock } from '../../../scripts/shared/run-clock.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

it('ends every session, keeps what was committed, undoes what was not, and takes connections again', async () => {
  const primary = database.endpoint;
  const signal = AbortSignal.timeout(60_000);
  const other = await connect(primary, 'app');
  await other.query('create table kept (id int)');
  await other.query('begin');
  await other.query('create table undone (id int)');
  const ended = new Promise<void>((resolve) => other.once('end', resolve));
  const { rows } = await other.query<{ pid: number }>('select pg_backend_pid() as pid');
  const probe = await connect(primary, 'probe');
  const context = { primary, clock: new RunClock(), signal };
  const { client, down } = await crashServer(probe, rows[0]?.pid ?? 0, context);
  await ended;
  const tables = await client.query<{ kept: boolean; undone: boolean }>(
    "select to_regclass('public.kept') is not null as kept, to_regclass('public.undone') is not null as undone",
  );
  expect(tables.rows).toEqual([{ kept: true, undone: false }]);
  expect(down.toMs).toBeGreaterThan(down.fromMs);
  await client.end();
});

it('says what to write instead where the server would stay away, or refuses', async () => {
  const primary = database.endpoint;
  const context = { primary, clock: new RunClock(), signal: AbortSignal.timeout(60_000) };
  await withConnection(primary, 'setup', async (client) => {
    await client.query('create role plain login');
    await client.query('set role plain');
    await expect(crashServer(client, 1, context)).rejects.toMatchObject({
      code: 'TARGET_UNAVAILABLE',
      message: 'the server could not be crashed on purpose: COPY … TO PROGRAM was refused (42501)',
    });
    await client.query('reset role');
    await client.query('alter system set restart_after_crash = off');
    await client.query('select pg_reload_conf()');
    await expect
      .poll(async () => {
        const { rows } = await client.query<{ now: string }>(
          "select current_setting('restart_after_crash') as now",
        );
        return rows[0]?.now;
      })
      .toBe('off');
    await expect(crashServer(client, 1, context)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
