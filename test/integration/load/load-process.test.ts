import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { withConnection } from '../../../scripts/pg/client.ts';
import { monotonicMs, sleep } from '../../../scripts/shared/clock.ts';
import { LoadHarness, scriptOf, until } from './load-harness.ts';

const ONE = { old: { one: 'SELECT 1;' } };
const LOCKED = { old: { locked: 'SELECT id FROM item;' } };

let harness: LoadHarness;
beforeAll(async () => {
  harness = await LoadHarness.open();
  await harness.setup.query('CREATE TABLE item (id int)');
});
afterEach(async () => {
  harness.killLoads();
  expect(await harness.appIsGone()).toBe(true);
});
afterAll(async () => {
  await harness.close();
});

describe('the load process', () => {
  it('says that it died when it is killed', async () => {
    const { load } = await harness.start({ versions: ONE });
    if (load.pid === undefined) throw new Error('no process');
    process.kill(load.pid, 'SIGKILL');
    expect(await until(() => load.died.aborted)).toBe(true);
    expect(load.died.reason).toMatchObject({
      code: 'LOAD_DIED',
      message: 'the load process ended by itself (signal SIGKILL)',
    });
    await expect(load.setShares({ old: 1 })).rejects.toMatchObject({ code: 'LOAD_DIED' });
    await expect(load.stop(100)).rejects.toMatchObject({ code: 'LOAD_DIED' });
  });

  it('does not die of Ctrl-C, which the terminal sends to it as well, nor counts as dead when it was stopped', async () => {
    const { load } = await harness.start({ versions: ONE });
    if (load.pid === undefined) throw new Error('no process');
    process.kill(load.pid, 'SIGINT');
    await sleep(300);
    expect(await load.stop(1000)).toEqual({ unfinished: 0 });
    await sleep(100);
    expect(load.died.aborted).toBe(false);
  });

  it('ends with its controller, even when that is killed', async () => {
    const parent = fork(fileURLToPath(new URL('./load-parent.ts', import.meta.url)), {
      execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
      serialization: 'advanced',
    });
    try {
      const spec = { ratePerSec: 50, connections: 3, seed: 1, warmupMs: 0, cooldownMs: 0 };
      parent.send({
        endpoint: harness.database.endpoint,
        spec: { ...spec, versions: [{ name: 'old', dir: '', scripts: [] }] },
        scripts: new Map([['old', [scriptOf('one', 'SELECT 1;')]]]),
        requestsPath: harness.newFile(),
      });
      const [answer] = (await once(parent, 'message')) as [unknown];
      expect(answer).toEqual({ pid: expect.any(Number) as number });
      expect(await harness.appSessions()).toBe(3);
    } finally {
      parent.kill('SIGKILL');
    }
    expect(await harness.appIsGone()).toBe(true);
  });

  it('is killed when its signal aborts', async () => {
    const controller = new AbortController();
    const { load } = await harness.start({ versions: ONE, signal: controller.signal });
    controller.abort(new Error('Ctrl-C'));
    expect(await harness.appIsGone()).toBe(true);
    expect(load.died.aborted).toBe(false);
    await expect(load.stop(100)).rejects.toThrow('Ctrl-C');
  });

  it('does not start where there is no server', async () => {
    const endpoint = { ...harness.database.endpoint, port: 1 };
    await expect(harness.start({ versions: ONE, endpoint })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
    });
  });

  it('writes off what is unanswered when it has to stop, and leaves no session behind that still waits', async () => {
    const traffic = await harness.start({ versions: LOCKED, ratePerSec: 100, connections: 4 });
    await sleep(500);
    await withConnection(harness.database.endpoint, 'setup', async (client) => {
      await client.query('BEGIN; LOCK TABLE item');
      await sleep(1000);
      const fromMs = monotonicMs();
      const { unfinished } = await traffic.load.stop(500);
      expect(monotonicMs() - fromMs).toBeLessThan(5000);
      expect(unfinished).toBeGreaterThan(50);
      const { rows } = await traffic.read();
      expect(rows.filter(({ 6: outcome }) => outcome === 'unfinished').length).toBe(unfinished);
      expect(new Set(rows.map(({ 6: outcome }) => outcome))).toEqual(new Set([0, 'unfinished']));
      expect(traffic.events.at(-1)).toMatchObject({ type: 'stopped', unfinished });
      expect(await harness.appIsGone()).toBe(true); // while the lock is still held
      await client.query('ROLLBACK');
    });
  });

  it('shows every second of a standstill as bad', async () => {
    const traffic = await harness.start({ versions: LOCKED, ratePerSec: 100, connections: 4 });
    await sleep(500);
    await withConnection(harness.database.endpoint, 'setup', async (client) => {
      await client.query('BEGIN; LOCK TABLE item');
      await sleep(3500);
      const last = traffic.load.latest();
      expect(last).toMatchObject({ done: 0, inFlight: 4, errors: 0 });
      expect(last?.queued).toBeGreaterThan(100);
      expect(last?.p99Ms).toBeGreaterThan(1500);
      await client.query('ROLLBACK');
    });
    expect(await traffic.load.stop(5000)).toEqual({ unfinished: 0 });
  });
});
