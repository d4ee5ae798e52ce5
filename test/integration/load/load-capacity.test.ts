import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LoadEvent } from '../../../scripts/artifacts/records/records.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { LoadHarness, until } from './load-harness.ts';

const DRAIN_MS = 5000;
const WRITE = `-- rehearse: sample id from item.id
BEGIN;
UPDATE item SET price = price + 1 WHERE id = :id;
INSERT INTO change VALUES (:id, :client_id);
COMMIT;`;

let harness: LoadHarness;
beforeAll(async () => {
  harness = await LoadHarness.open();
  await harness.setup.query(`
    CREATE TABLE item (id int PRIMARY KEY, price int NOT NULL);
    INSERT INTO item SELECT n, n FROM generate_series(1, 1000) AS n;
    CREATE TABLE change (id int, client int)`);
});
afterEach(async () => {
  harness.killLoads();
  expect(await harness.appIsGone()).toBe(true);
  await harness.setup.query('TRUNCATE change');
});
afterAll(async () => {
  await harness.close();
});

type Capacity = Extract<LoadEvent, { type: 'capacity' }>;
const capacityOf = (events: readonly LoadEvent[]): Capacity | undefined =>
  events.find((event) => event.type === 'capacity');

describe('the capacity of the app', () => {
  it('is measured before the first request, which is not recorded, and shifts nobody’s luck', async () => {
    const traffic = await harness.start({
      versions: { old: { write: WRITE } },
      ratePerSec: 100,
      warmupMs: 6000,
    });
    await sleep(2000);
    await traffic.load.stop(DRAIN_MS);
    expect(traffic.events.map(({ type }) => type)).toEqual(['capacity', 'started', 'shares', 'stopped']);
    const capacity = capacityOf(traffic.events);
    expect(capacity).toMatchObject({ connections: 8 });
    expect(capacity?.perSec).toBeGreaterThan(150);
    const { rows } = await traffic.read();
    const started = traffic.events.find(({ type }) => type === 'started');
    expect(rows[0]?.[0]).toBeGreaterThan(started?.type === 'started' ? started.tMs - 1 : Infinity);
    expect(rows.length).toBeLessThan(300);
    // What it wrote stays: they were the app's own requests.
    const { rows: changes } = await harness.setup.query<{ count: number }>(
      'SELECT count(*)::int FROM change',
    );
    expect(changes[0]?.count).toBeGreaterThan(rows.length + 50);
  });

  it('is that of the connections: eight that sleep for 50 ms make 160 a second', async () => {
    const versions = { old: { slow: 'SELECT pg_sleep(0.05);' } };
    const traffic = await harness.start({ versions, ratePerSec: 20, warmupMs: 8000 });
    expect(await until(() => capacityOf(traffic.events) !== undefined)).toBe(true);
    await traffic.load.stop(DRAIN_MS);
    const { perSec = 0 } = capacityOf(traffic.events) ?? {};
    expect(perSec).toBeGreaterThan(90);
    expect(perSec).toBeLessThan(200);
  });

  it('is less than what would have been told where hardly anything was answered, and nothing waits for what is still at work', async () => {
    const versions = { old: { slow: 'SELECT pg_sleep(20);' } };
    const traffic = await harness.start({ versions, ratePerSec: 20, warmupMs: 4000 });
    expect(await until(() => traffic.events.length > 2)).toBe(true);
    expect(traffic.events.map(({ type }) => type)).toEqual(['capacity', 'started', 'shares']);
    expect(capacityOf(traffic.events)?.isBelow).toBe(true);
    expect(await traffic.load.stop(200)).toMatchObject({ unfinished: expect.any(Number) as number });
  });

  it('is not told where hardly anything was answered because it failed', async () => {
    const versions = { old: { slow: 'SELECT pg_sleep(0.5) FROM missing;' } };
    const traffic = await harness.start({ versions, ratePerSec: 20, warmupMs: 4000 });
    expect(await until(() => traffic.events.length > 1)).toBe(true);
    await traffic.load.stop(200);
    expect(capacityOf(traffic.events)).toBeUndefined();
  });

  it('may be stopped while it is measured', async () => {
    const traffic = await harness.start({ versions: { old: { write: WRITE } }, warmupMs: 60_000 });
    expect(await traffic.load.stop(DRAIN_MS)).toEqual({ unfinished: 0 });
    expect((await traffic.read()).rows).toEqual([]);
  });
});

describe('a load of several processes', () => {
  it('is one load: rate, connections, numbers and figures', async () => {
    const text = '\\set n random(1, 1000000000)\nINSERT INTO change VALUES (:n, :client_id);';
    const traffic = await harness.start({
      versions: { old: { text }, new: { text } },
      connections: 5,
      processes: 2,
      warmupMs: 4000,
    });
    expect(await harness.appSessions()).toBe(5);
    expect(await until(() => traffic.events.some(({ type }) => type === 'started'))).toBe(true);
    await sleep(2500);
    await traffic.load.setShares({ new: 1 });
    await sleep(1000);
    await traffic.load.stop(DRAIN_MS);
    const { header, rows } = await traffic.read();
    expect(header).toMatchObject({ type: 'header', versions: ['old', 'new'] });
    expect(rows.length).toBeGreaterThan(450);
    expect(rows.length).toBeLessThan(950);
    expect(new Set(rows.map((row) => row[6]))).toEqual(new Set([0]));
    const types = traffic.events.map(({ type }) => type);
    expect(types.toSorted()).toEqual(['capacity', 'shares', 'shares', 'started', 'stopped']);
    expect(capacityOf(traffic.events)?.connections).toBe(5);
    expect(traffic.seconds.some(({ done }) => done > 130)).toBe(true);
    // No client and no luck is used twice.
    const { rows: drawn } = await harness.setup.query<{ clients: number; twice: number }>(
      'SELECT count(DISTINCT client)::int AS clients, (count(*) - count(DISTINCT id))::int AS twice FROM change',
    );
    expect(drawn[0]?.clients).toBe(5);
    expect(drawn[0]?.twice).toBeLessThan(3);
  });

  it('dies as a whole', async () => {
    const traffic = await harness.start({ versions: { old: { write: WRITE } }, processes: 2 });
    process.kill(traffic.load.pid ?? 0, 'SIGKILL');
    expect(await until(() => traffic.load.died.aborted)).toBe(true);
    expect(traffic.load.died.reason).toMatchObject({ code: 'LOAD_DIED' });
  });
});

describe('a generator without a pause', () => {
  it('says so, because its requests do not look late', async () => {
    const versions = { old: { one: 'SELECT 1;' } };
    // Enough connections that an answer always waits for the generator, however few processors the server has.
    const traffic = await harness.start({ versions, ratePerSec: 200_000, connections: 24, processes: 1 });
    expect(await until(() => traffic.events.some(({ type }) => type === 'saturated'))).toBe(true);
    traffic.load.kill();
  });
});
