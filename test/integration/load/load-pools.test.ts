import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { connect } from '../../../scripts/pg/client.ts';
import { LoadHarness, until } from './load-harness.ts';

const DRAIN_MS = 5000;
const CONNECTIONS = 4;
const VERSIONS = {
  old: { write: 'UPDATE item SET price = price + 1 WHERE id = 1;' },
  new: { read: 'SELECT price FROM item WHERE id = 1;' },
};

let harness: LoadHarness;
beforeAll(async () => {
  harness = await LoadHarness.open();
  await harness.setup.query(
    'CREATE TABLE item (id int PRIMARY KEY, price int); INSERT INTO item VALUES (1, 1)',
  );
});
afterEach(async () => {
  harness.killLoads();
  expect(await harness.appIsGone()).toBe(true);
});
afterAll(async () => {
  await harness.close();
});

it('has both versions warm where each has its own pool: neither waits behind the other, there and back', async () => {
  const traffic = await harness.start({
    versions: VERSIONS,
    connections: CONNECTIONS,
    ratePerSec: 50,
    versionPools: new Map([
      ['old', 0],
      ['new', 1],
    ]),
  });
  const { load, seconds } = traffic;
  await until(() => seconds.length > 0);
  expect(await harness.appSessions()).toBe(CONNECTIONS);

  const locker = await connect(harness.database.endpoint, 'setup');
  await locker.query('BEGIN; SELECT FROM item WHERE id = 1 FOR UPDATE');
  await until(() => (load.latest()?.queued ?? 0) > CONNECTIONS);
  await load.setShares({ new: 1 });
  const switched = seconds.length;
  await until(() => seconds.length > switched + 2);
  // Every connection of the old version is stuck, and what waits for them waits on.
  expect(load.latest()?.inFlight).toBeGreaterThanOrEqual(CONNECTIONS);
  expect(load.latest()?.done).toBeGreaterThan(20);
  expect(await harness.appSessions()).toBe(2 * CONNECTIONS);
  await locker.query('COMMIT');
  await locker.end();

  await load.setShares({ old: 1 });
  const back = seconds.length;
  await until(() => seconds.length > back + 1);
  expect(await harness.appSessions()).toBe(2 * CONNECTIONS);
  await load.stop(DRAIN_MS);
  const { rows } = await traffic.read();
  const pids = (version: number): Set<number> =>
    new Set(rows.flatMap(({ 4: of, 7: pid }) => (of === version && pid !== undefined ? [pid] : [])));
  expect([pids(0).size, pids(1).size]).toEqual([CONNECTIONS, CONNECTIONS]);
  expect(new Set([...pids(0), ...pids(1)]).size).toBe(2 * CONNECTIONS);
});
