import { readlink, unlink } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TracedWait } from '../../../scripts/tracing/lock-pairing.ts';
import { connect, withConnection, type PgClient } from '../../../scripts/pg/client.ts';
import { serverLog } from '../../../scripts/probes/server-log/server-log.ts';
import { monotonicMs, sleep } from '../../../scripts/shared/clock.ts';
import { startTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let client: PgClient;

beforeAll(async () => {
  database = await startTestDatabase([{ name: 'deadlock_timeout', value: '20ms' }]);
  client = await connect(database.endpoint, 'setup');
  await client.query('create table orders as select i as id, 0 as state from generate_series(1, 10) i');
});
afterAll(async () => {
  await client.end();
  await database.stop();
});

async function settings(): Promise<unknown> {
  const { rows } = await client.query(
    "select current_setting('deadlock_timeout') as timeout, current_setting('log_lock_waits') as log",
  );
  return rows[0];
}

async function waiting(): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    "select count(*) as count from pg_locks where not granted and locktype = 'relation'",
  );
  return Number(rows[0]?.count);
}

it('tells every wait that lasts deadlock_timeout, with what it was for, and leaves that and the server as it was', async () => {
  const before = await settings();
  const waits: TracedWait[] = [];
  const ends: string[] = [];
  const news = {
    onWait: (wait: TracedWait) => void waits.push(wait),
    onGrant: () => undefined,
    onRelease: () => undefined,
  };
  const source = await serverLog.open(client, { ...news, onEnd: (why) => void ends.push(why) });
  const waiters: { pid: number; fromMs: number; toMs: number }[] = [];
  await withConnection(database.endpoint, 'migration', async (holder) => {
    for (let round = 0; round < 5; round++) {
      await holder.query('begin; lock table orders in access exclusive mode');
      const asked = [1, 2, 3].map(() =>
        withConnection(database.endpoint, 'app', async (app) => {
          const { rows } = await app.query<{ pid: number }>('select pg_backend_pid() as pid');
          const fromMs = monotonicMs();
          await app.query('select count(*) from orders');
          waiters.push({ pid: rows[0]?.pid ?? 0, fromMs, toMs: monotonicMs() });
        }),
      );
      await expect.poll(waiting, { timeout: 10_000 }).toBe(3);
      await sleep(50);
      await holder.query('commit');
      await Promise.all(asked);
    }
    await holder.query('begin; lock table orders in access exclusive mode');
    const refused = withConnection(database.endpoint, 'app', (app) =>
      app.query("set lock_timeout = '60ms'; select count(*) from orders"),
    );
    await expect(refused).rejects.toMatchObject({ code: '55P03' });
    await holder.query('commit');
  });
  await source.stop();
  const granted = waits.filter(({ end }) => end === 'granted');
  for (const { pid, fromMs, toMs } of waiters) {
    const told = granted.find((wait) => wait.pid === pid);
    expect(told).toMatchObject({ locktype: 'relation', mode: 'AccessShareLock' });
    // Within the statement, but for how exactly two clocks can be compared on a busy machine.
    expect(told?.fromMs).toBeGreaterThan(fromMs - 20);
    expect(told?.toMs).toBeLessThan(toMs + 20);
  }
  const [oid] = (await client.query<{ oid: string }>("select 'orders'::regclass::oid::bigint as oid")).rows;
  expect(new Set(waits.map(({ relationOid }) => relationOid))).toEqual(new Set([Number(oid?.oid)]));
  expect([granted.length, waits.length - granted.length, ends]).toEqual([15, 1, []]);
  await expect.poll(settings).toEqual(before);
});

it('never touches deadlock_timeout, which decides who dies in a deadlock', async () => {
  const source = await serverLog.open(client, {
    onWait: () => undefined,
    onGrant: () => undefined,
    onRelease: () => undefined,
    onEnd: () => undefined,
  });
  const shown = await withConnection(database.endpoint, 'app', () => settings());
  await source.stop();
  expect(shown).toEqual({ timeout: '20ms', log: 'on' });
});

it('ends with a reason when the log cannot be read any more', async () => {
  const own = await connect(database.endpoint, 'setup');
  const ends: string[] = [];
  const source = await serverLog.open(own, {
    onWait: () => undefined,
    onGrant: () => undefined,
    onRelease: () => undefined,
    onEnd: (why) => void ends.push(why),
  });
  const { rows } = await own.query<{ file: string; pid: number }>('select pg_backend_pid() as pid');
  await unlink(await readlink(`/proc/${rows[0]?.pid ?? 0}/fd/2`));
  await expect.poll(() => ends, { timeout: 5000 }).toHaveLength(1);
  expect(ends[0]).toBe('the log was removed or cut off');
  await source.stop();
  await own.end();
});
