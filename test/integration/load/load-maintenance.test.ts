import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { LoadHarness, until } from './load-harness.ts';

const DRAIN_MS = 5000;
const READ = '-- rehearse: sample id from item.id\nSELECT price FROM item WHERE id = :id;';
const WRITE = `
-- rehearse: sample id from item.id
UPDATE item SET price = price + 1 WHERE id = :id;`;

let harness: LoadHarness;
beforeAll(async () => {
  harness = await LoadHarness.open();
  await harness.setup.query(`
    CREATE TABLE item (id int PRIMARY KEY, price int NOT NULL);
    INSERT INTO item SELECT n, n FROM generate_series(1, 1000) AS n`);
});
afterEach(async () => {
  harness.killLoads();
  expect(await harness.appIsGone()).toBe(true);
});
afterAll(async () => {
  await harness.close();
});

it('turns requests away while the app is off, and has none of its connections open then', async () => {
  const sessions = async (): Promise<number> => {
    const { rows } = await harness.setup.query<{ count: number }>(
      "SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'rehearse/app'",
    );
    return rows[0]?.count ?? -1;
  };
  const traffic = await harness.start({
    versions: { old: { read: READ, write: WRITE }, new: { read: READ } },
  });
  await until(() => traffic.seconds.length > 0);
  await traffic.load.setMaintenance(true);
  await expect.poll(sessions).toBe(0);
  await traffic.load.setShares({ new: 1 });
  const before = traffic.seconds.length;
  await until(() => traffic.seconds.length > before + 1);
  await traffic.load.setMaintenance(false);
  const back = traffic.seconds.length;
  await until(() => traffic.seconds.length > back + 1);
  await traffic.load.stop(DRAIN_MS);
  const { rows } = await traffic.read();
  const windows = traffic.events.filter((event) => event.type === 'maintenance');
  expect(windows).toHaveLength(1);
  const { fromMs = 0, tMs: toMs = 0, turnedAway = 0 } = windows[0] ?? {};
  expect(turnedAway).toBeGreaterThan(0);
  expect(rows.filter(([intendedMs]) => intendedMs > fromMs && intendedMs <= toMs)).toEqual([]);
  expect(new Set(rows.map(({ 6: outcome }) => outcome))).toEqual(new Set([0]));
  const after = rows.filter(([intendedMs]) => intendedMs > toMs);
  expect(new Set(after.map(({ 4: version }) => version))).toEqual(new Set([1]));
});
