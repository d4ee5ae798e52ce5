import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sleep } from '../../../scripts/shared/clock.ts';
import { startProxy, type TcpProxy } from '../../support/hosts/tcp-proxy.ts';
import { LoadHarness } from './load-harness.ts';

const DRAIN_MS = 5000;
/** Of each way through the network. */
const DELAY_MS = 20;
const TRANSFER = String.raw`
-- rehearse: sample id from item.id
\set more random(1, 10)
BEGIN;
UPDATE item SET price = price + :more WHERE id = :id;
INSERT INTO change VALUES (:id, 'transfer');
COMMIT;`;
const READ_FIRST = String.raw`
-- rehearse: sample id from item.id
SELECT price FROM item WHERE id = :id \gset
\sleep 1 ms
INSERT INTO change VALUES (:price::int, 'read');
SELECT 1;`;
const BROKEN = String.raw`
BEGIN;
INSERT INTO change VALUES (1, 'broken');
SELECT 1 / 0;
INSERT INTO change VALUES (2, 'broken');
COMMIT;`;
const CLIENT_ERROR = String.raw`
INSERT INTO change VALUES (3, 'before');
\set wrong random(5, 1)
SELECT 1;`;

let harness: LoadHarness;
let far: TcpProxy;
beforeAll(async () => {
  harness = await LoadHarness.open();
  far = await startProxy(harness.database.endpoint);
  await harness.setup.query(`
    CREATE TABLE item (id int PRIMARY KEY, price int NOT NULL);
    INSERT INTO item SELECT n, n FROM generate_series(1, 1000) AS n;
    CREATE TABLE change (id int, what text)`);
});
afterEach(async () => {
  harness.killLoads();
  expect(await harness.appIsGone()).toBe(true);
});
afterAll(async () => {
  await far.close();
  await harness.close();
});

async function medianMs(pipeline: boolean): Promise<number> {
  const endpoint = { ...harness.database.endpoint, host: '127.0.0.1', port: far.port, socketDir: undefined };
  far.delay(DELAY_MS);
  const traffic = await harness.start({
    versions: { old: { transfer: TRANSFER } },
    endpoint,
    pipeline,
    ratePerSec: 20,
    connections: 8,
  });
  await sleep(2000);
  await traffic.load.stop(DRAIN_MS);
  far.delay(0);
  const { rows } = await traffic.read();
  expect(new Set(rows.map((row) => row[6]))).toEqual(new Set([0]));
  const services = rows.map(([, , sentMs, endMs]) => endMs - sentMs).sort((a, b) => a - b);
  return services[Math.floor(services.length / 2)] ?? 0;
}

describe('load.pipeline', () => {
  it('spares a request the round trips between its statements', async () => {
    expect(await medianMs(false)).toBeGreaterThan(4 * 2 * DELAY_MS);
    const pipelined = await medianMs(true);
    expect(pipelined).toBeGreaterThan(2 * DELAY_MS);
    expect(pipelined).toBeLessThan(3 * 2 * DELAY_MS);
  });

  it('waits where a script needs the answer, and ends in the same outcomes', async () => {
    const traffic = await harness.start({
      pipeline: true,
      ratePerSec: 100,
      connections: 4,
      versions: { old: { broken: BROKEN, client: CLIENT_ERROR, read: READ_FIRST, transfer: TRANSFER } },
    });
    await sleep(1500);
    await traffic.load.stop(DRAIN_MS);
    const { rows, header } = await traffic.read();
    const outcomes = (header.scripts[0] ?? []).map((name, script) => [
      name,
      [...new Set(rows.filter((row) => row[5] === script).map((row) => row[6]))],
    ]);
    expect(Object.fromEntries(outcomes)).toEqual({
      broken: ['22012'],
      client: ['22023'],
      read: [0],
      transfer: [0],
    });
    const count = (name: string): number =>
      rows.filter((row) => row[5] === header.scripts[0]?.indexOf(name)).length;
    const { rows: kept } = await harness.setup.query<{ what: string; count: number }>(
      `SELECT what, count(*)::int FROM change WHERE what IN ('read', 'before', 'broken') GROUP BY what ORDER BY what`,
    );
    expect(kept).toEqual([
      { what: 'before', count: count('client') },
      { what: 'read', count: count('read') },
    ]);
  });
});
