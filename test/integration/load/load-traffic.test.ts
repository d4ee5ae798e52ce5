import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { REQUEST_COLUMNS, type RequestRow } from '../../../scripts/artifacts/records/records.ts';
import { summarize } from '../../../scripts/load/requests/latency.ts';
import { withConnection } from '../../../scripts/pg/client.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { heard, LoadHarness, until } from './load-harness.ts';

const DRAIN_MS = 5000;

let harness: LoadHarness;
beforeAll(async () => {
  harness = await LoadHarness.open();
});
beforeEach(async () => {
  await harness.setup.query(`
    DROP TABLE IF EXISTS item, drawn;
    CREATE TABLE item (id int PRIMARY KEY, price int NOT NULL);
    INSERT INTO item SELECT n, n FROM generate_series(1, 1000) AS n;
    CREATE TABLE drawn (run text, version text, value text)`);
});
afterEach(async () => {
  harness.killLoads();
  expect(await harness.appIsGone()).toBe(true);
});
afterAll(async () => {
  await harness.close();
});

const READ = '-- rehearse: sample id from item.id\nSELECT price FROM item WHERE id = :id;';
const WRITE = String.raw`
-- rehearse: sample id from item.id
\set more random(1, 10)
BEGIN;
SELECT price FROM item WHERE id = :id \gset
UPDATE item SET price = :price::int + :more WHERE id = :id;
COMMIT;`;

const latencyOf = ([intendedMs, , , endMs]: RequestRow): number => endMs - intendedMs;
const outcomes = (rows: RequestRow[]): Record<string, number> =>
  rows.reduce<Record<string, number>>((counts, { 6: outcome }) => {
    return { ...counts, [outcome]: (counts[outcome] ?? 0) + 1 };
  }, {});

describe('the load', () => {
  it('arrives at its rate, records every request, and is not late by its own fault', async () => {
    const traffic = await harness.start({ versions: { old: { read: READ, write: WRITE } } });
    await sleep(4000);
    expect(await traffic.load.stop(DRAIN_MS)).toEqual({ unfinished: 0 });
    const { header, rows } = await traffic.read();
    const told = { versions: ['old'], scripts: [['read', 'write']] };
    expect(header).toEqual({ type: 'header', columns: REQUEST_COLUMNS, ...told });
    expect(outcomes(rows)).toEqual({ 0: rows.length });
    expect(rows.length).toBeGreaterThan(650);
    expect(rows.length).toBeLessThan(1000);
    for (const [intendedMs, readyMs, sentMs, endMs] of rows) {
      expect(readyMs).toBeGreaterThanOrEqual(intendedMs);
      expect(sentMs).toBeGreaterThanOrEqual(readyMs - 0.002);
      expect(endMs).toBeGreaterThanOrEqual(sentMs);
    }
    expect(summarize(rows.map(([, readyMs, sentMs]) => sentMs - readyMs))?.p50Ms).toBeLessThan(5);
    // A busy machine may leave the generator without a pause, and then it says so.
    const types = traffic.events.map(({ type }) => type).filter((type) => type !== 'saturated');
    expect(types).toEqual(['started', 'shares', 'stopped']);
    expect(traffic.seconds.length).toBeGreaterThanOrEqual(3);
    expect(traffic.load.latest()).toEqual(traffic.seconds.at(-1));
  });

  it('shows a lock of one second as about two hundred slow requests at 200/s, not as one', async () => {
    const traffic = await harness.start({ versions: { old: { read: READ } } });
    await sleep(3000);
    await withConnection(harness.database.endpoint, 'setup', async (client) => {
      await client.query('BEGIN; LOCK TABLE item');
      await sleep(1000);
      await client.query('COMMIT');
    });
    await sleep(2000);
    await traffic.load.stop(DRAIN_MS);
    const { rows } = await traffic.read();
    const latencies = rows.slice(200).map(latencyOf); // without the first second, in which everything is cold
    // Those that were due in the first 0.9 s of the lock; a busy machine adds a few.
    const slow = latencies.filter((latency) => latency > 100).length;
    expect(slow).toBeGreaterThan(130);
    expect(slow).toBeLessThan(400);
    expect(summarize(latencies)?.p99Ms).toBeGreaterThan(750);
    expect(summarize(latencies)?.p99Ms).toBeLessThan(2000);
    expect(Math.max(...traffic.seconds.map(({ maxMs }) => maxMs ?? 0))).toBeGreaterThan(400);
  });

  it('counts a renamed column as 42703 and goes on', async () => {
    const traffic = await harness.start({ versions: { old: { read: READ, write: WRITE } } });
    await sleep(700);
    await harness.setup.query('ALTER TABLE item RENAME COLUMN price TO amount');
    await sleep(700);
    await harness.setup.query('ALTER TABLE item RENAME COLUMN amount TO price');
    await sleep(700);
    await traffic.load.stop(DRAIN_MS);
    const { rows } = await traffic.read();
    const failed = rows.filter(({ 6: outcome }) => outcome !== 0);
    expect(failed.length).toBeGreaterThan(50);
    expect(outcomes(failed)).toEqual({ 42703: failed.length });
    expect(rows.at(-1)?.[6]).toBe(0);
    expect(traffic.events.filter(({ type }) => type === 'reconnected')).toEqual([]);
  });

  it('counts a stale plan once for each connection and prepares anew, as drivers do', async () => {
    const connections = 4;
    const traffic = await harness.start({
      versions: { old: { all: 'BEGIN;\nSELECT * FROM item WHERE id = 1;\nCOMMIT;' } },
      connections,
    });
    await sleep(1000);
    await harness.setup.query('ALTER TABLE item ADD COLUMN note text');
    await sleep(1000);
    await traffic.load.stop(DRAIN_MS);
    const { '0': answered, ...errors } = outcomes((await traffic.read()).rows);
    expect(answered).toBeGreaterThan(200);
    expect(errors).toEqual({ '0A000': connections });
    expect(heard(traffic)).toEqual(['old/all 0A000 cached plan must not change result type']);
  });

  it('tells what the server said once for each script and SQLSTATE, and no value of a row', async () => {
    const twice = 'INSERT INTO item VALUES (7, 1);';
    const cast = String.raw`\set n random(1, 9)
SELECT ('secret-' || :n)::int;`;
    const traffic = await harness.start({ versions: { old: { twice, cast }, new: { twice } } });
    await sleep(600);
    await traffic.load.setShares({ old: 0.5, new: 0.5 });
    await sleep(600);
    await traffic.load.stop(DRAIN_MS);
    const unique = '23505 duplicate key value violates unique constraint "item_pkey"';
    expect(heard(traffic).toSorted()).toEqual([
      `new/twice ${unique}`,
      'old/cast 22P02 invalid input syntax for type integer: "…"',
      `old/twice ${unique}`,
    ]);
  });

  it('rolls back after an error and after a transaction that the script left open', async () => {
    const half = String.raw`
\set zero 0
BEGIN;
INSERT INTO drawn VALUES ('half', 'old', '1');
SELECT 1 / :zero::int;
COMMIT;`;
    const open = String.raw`
\if true
BEGIN;
INSERT INTO drawn VALUES ('open', 'old', '1');
\endif`;
    const client = String.raw`
\set wrong random(5, 1)
SELECT 1;`;
    const none = String.raw`SELECT price FROM item WHERE id = -1 \gset`;
    const traffic = await harness.start({
      versions: { old: { half, open, client, none, good: `INSERT INTO drawn VALUES ('good', 'old', '1');` } },
      connections: 2,
    });
    await sleep(1500);
    await traffic.load.stop(DRAIN_MS);
    const { rows } = await traffic.read();
    const byScript = [0, 1, 2, 3, 4].map((script) => outcomes(rows.filter((row) => row[5] === script)));
    const expected = ['22012', '25000', '22023', 'P0002', '0'];
    expect(byScript.map((counts) => Object.keys(counts))).toEqual(expected.map((outcome) => [outcome]));
    const { rows: kept } = await harness.setup.query('SELECT run, count(*)::int FROM drawn GROUP BY run');
    expect(kept).toEqual([{ run: 'good', count: byScript[4]?.[0] }]);
  });

  it('opens lost connections again, counts the requests on them with what the server said, and goes on', async () => {
    const connections = 5;
    const slow = String.raw`SELECT pg_sleep(0.02);`;
    const traffic = await harness.start({ versions: { old: { slow } }, connections });
    await sleep(1000);
    await harness.setup.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rehearse/app'`,
    );
    expect(
      await until(() => traffic.events.filter(({ type }) => type === 'reconnected').length === connections),
    ).toBe(true);
    await sleep(1000);
    await traffic.load.stop(DRAIN_MS);
    const { rows } = await traffic.read();
    const { '0': answered = 0, '57P01': lost = 0, ...others } = outcomes(rows);
    expect(others).toEqual({});
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThanOrEqual(connections);
    expect(answered).toBe(rows.length - lost);
    expect(rows.at(-1)?.[6]).toBe(0);
    expect(traffic.load.latest()?.reconnects).toBe(connections);
  });

  it('gives requests the answer of a server that lets the app in no more, and goes on when it does again', async () => {
    const user = `"${harness.database.endpoint.user}"`;
    const traffic = await harness.start({ versions: { old: { quick: 'SELECT 1;' } }, connections: 3 });
    await sleep(500);
    await harness.setup.query(`alter role ${user} nologin`);
    await harness.setup.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rehearse/app'`,
    );
    await sleep(1000);
    await harness.setup.query(`alter role ${user} login`);
    const isBack = (): boolean => traffic.events.filter(({ type }) => type === 'reconnected').length === 3;
    expect(await until(isBack)).toBe(true);
    await sleep(500);
    await traffic.load.stop(DRAIN_MS);
    const { rows } = await traffic.read();
    const {
      '0': answered = 0,
      '28000': refused = 0,
      '57P01': ended = 0,
      lost = 0,
      ...others
    } = outcomes(rows);
    expect(others).toEqual({});
    expect(refused).toBeGreaterThan(2);
    // A request that was written when the server had closed its end is lost before the server's word is read.
    expect(ended + lost).toBeLessThanOrEqual(3);
    expect(answered).toBe(rows.length - refused - ended - lost);
    expect(rows.at(-1)?.[6]).toBe(0);
  });

  it('serves first come first served when all connections are busy', async () => {
    const traffic = await harness.start({
      versions: { old: { slow: 'SELECT pg_sleep(0.02);' } },
      ratePerSec: 100,
      connections: 1,
    });
    await sleep(1500);
    const { unfinished } = await traffic.load.stop(20_000);
    const { rows } = await traffic.read();
    expect(unfinished).toBe(0);
    const intended = rows.map(([intendedMs]) => intendedMs);
    expect(intended).toEqual(intended.toSorted((a, b) => a - b));
    for (const [index, [intendedMs, readyMs]] of rows.entries()) {
      const freeMs = rows[index - 1]?.[3] ?? 0;
      expect(readyMs).toBeCloseTo(Math.max(intendedMs, freeMs), 2);
    }
  });

  it('moves the traffic between versions', async () => {
    const traffic = await harness.start({
      versions: { old: { read: READ }, new: { read: READ, write: WRITE } },
    });
    await sleep(500);
    await traffic.load.setShares({ old: 0.5, new: 0.5 });
    await sleep(1500);
    await traffic.load.setShares({ new: 1 });
    await sleep(500);
    await traffic.load.stop(DRAIN_MS);
    const { header, rows } = await traffic.read();
    expect(header).toMatchObject({ versions: ['old', 'new'], scripts: [['read'], ['read', 'write']] });
    const shares = traffic.events.filter((event) => event.type === 'shares');
    expect(shares.map((event) => event.shares)).toEqual([{ old: 1 }, { old: 0.5, new: 0.5 }, { new: 1 }]);
    const newShare = (fromMs = 0, toMs = Infinity): number => {
      const due = rows.filter(([intendedMs]) => intendedMs > fromMs + 50 && intendedMs < toMs - 50);
      return due.filter(([, , , , version]) => version === 1).length / due.length;
    };
    expect(newShare(0, shares[1]?.tMs)).toBe(0);
    expect(newShare(shares[1]?.tMs, shares[2]?.tMs)).toBeCloseTo(0.5, 0);
    expect(newShare(shares[2]?.tMs)).toBe(1);
  });

  it('draws the same scripts and variables for the same seed, however fast the server is', async () => {
    const draw = (run: string): Record<string, string> => ({
      a: `-- rehearse: weight=2 sample id from item.id\n\\set n random(1, 1000000000000000)\nINSERT INTO drawn VALUES ('${run}', 'a', :n || ',' || :id);`,
      b: `\\set n random_zipfian(1, 1000000, 1.5) * 1000000 + random(1, 1000000)\nINSERT INTO drawn VALUES ('${run}', 'b', :n || '');`,
    });
    const run = async (
      name: string,
      ratePerSec: number,
      connections: number,
      seed: number,
    ): Promise<string> => {
      const traffic = await harness.start({ versions: { old: draw(name) }, ratePerSec, connections, seed });
      await sleep(1500);
      await traffic.load.stop(DRAIN_MS);
      const { rows } = await traffic.read();
      return rows
        .toSorted(([a], [b]) => a - b)
        .map(([, , , , version, script]) => `${version}${script}`)
        .join(' ');
    };
    const slow = await run('slow', 60, 1, 7);
    const fast = await run('fast', 200, 8, 7);
    const other = await run('other', 200, 8, 8);
    expect(slow.length).toBeGreaterThan(100);
    expect(fast.startsWith(slow)).toBe(true);
    expect(other.startsWith(slow)).toBe(false);
    const { rows } = await harness.setup.query(`
      SELECT count(*) FILTER (WHERE run = 'slow')::int AS slow,
             count(*) FILTER (WHERE run = 'slow' AND (version, value) IN
               (SELECT version, value FROM drawn WHERE run = 'fast'))::int AS same,
             count(*) FILTER (WHERE run = 'other' AND (version, value) IN
               (SELECT version, value FROM drawn WHERE run = 'fast'))::int AS other
        FROM drawn`);
    expect(rows).toEqual([{ slow: (slow.length + 1) / 3, same: (slow.length + 1) / 3, other: 0 }]);
  });
});
