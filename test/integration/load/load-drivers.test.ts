import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ArrivalTimes } from '../../../scripts/load/chance/arrivals.ts';
import { HostLook } from '../../../scripts/load/driver-hosts/host-look.ts';
import { loadKey, type LoadHost } from '../../../scripts/load/driver-hosts/load-host.ts';
import type { Reading } from '../../../scripts/probes/noise/reading.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { LoadHarness, until } from './load-harness.ts';

const APP = { old: { one: 'SELECT 1;', two: 'SELECT 2;' }, new: { three: 'SELECT 3;' } };
const KEY = loadKey('tiny-20260101-000000-abcd', 'password');
const RATE = { ratePerSec: 300, seed: 4 };

/** A driver host as far as the load knows it: a process that serves. */
class Host {
  readonly #child: ChildProcess;
  readonly #dir: string;
  readonly at: LoadHost;

  private constructor(child: ChildProcess, at: LoadHost, dir: string) {
    this.#child = child;
    this.#dir = dir;
    this.at = at;
  }

  static async start(name: string): Promise<Host> {
    const dir = await mkdtemp(join(dirname(harness.newFile()), `${name}-`));
    const child = fork(fileURLToPath(new URL('./load-host.ts', import.meta.url)), {
      execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.send({ address: '127.0.0.1', key: KEY, dir });
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new Host(child, { name, address: '127.0.0.1', port }, dir);
  }

  /** Of what loads leave there. */
  async isEmpty(): Promise<boolean> {
    return (await readdir(this.#dir)).length === 0;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }
}

let harness: LoadHarness;
let second: Host;
let third: Host;
beforeAll(async () => {
  harness = await LoadHarness.open();
  [second, third] = await Promise.all([Host.start('driver-2'), Host.start('driver-3')]);
});
afterEach(async () => {
  harness.killLoads();
  expect(await harness.appIsGone()).toBe(true);
  for (const host of [second, third]) expect(await until(() => host.isEmpty())).toBe(true);
});
afterAll(async () => {
  for (const host of [second, third]) host.signal('SIGKILL');
  await harness.close();
});

describe('a load on several driver hosts', () => {
  it('keeps the one schedule between them, on one clock, and moves its traffic together', async () => {
    const others = { hosts: [second.at, third.at], key: KEY };
    const traffic = await harness.start({ versions: APP, ...RATE, others });
    const { load, events, seconds } = traffic;
    expect(await until(() => seconds.length >= 2)).toBe(true);
    await load.setShares({ new: 1 });
    await sleep(500);
    expect(await load.stop(2000)).toEqual({ unfinished: 0 });
    const { rows } = await traffic.read();
    const shared = events.flatMap((event) => (event.type === 'shared' ? [event] : []));
    expect(shared.map(({ host }) => host)).toEqual(['driver-2', 'driver-3']);
    for (const { requests } of shared) expect(Math.abs(requests - rows.length / 3)).toBeLessThan(15);
    const errorMs = Math.max(...shared.map(({ clockErrorMs }) => clockErrorMs));
    expect(errorMs).toBeLessThan(50);

    const due = rows.map(([intendedMs]) => intendedMs).sort((a, b) => a - b);
    const [started] = events.flatMap((event) => (event.type === 'started' ? [event.tMs] : []));
    const times = new ArrivalTimes(RATE.seed, RATE.ratePerSec, started ?? NaN);
    // They do not stop at the same moment.
    const gapsMs = due.slice(0, -30).map((dueMs) => Math.abs(dueMs - times.next()));
    expect(Math.max(...gapsMs)).toBeLessThanOrEqual(errorMs + 0.001);
    const late = rows.filter(([intendedMs]) => intendedMs > (due.at(-90) ?? 0));
    expect(new Set(late.map(([, , , , version]) => version))).toEqual(new Set([1]));
    expect(seconds.at(-1)?.done).toBeGreaterThan(200);
  });

  it('has died when one of them is killed, and keeps what was sent until then', async () => {
    const victim = await Host.start('driver-2');
    const others = { hosts: [victim.at], key: KEY };
    const traffic = await harness.start({ versions: APP, ...RATE, others });
    const { load } = traffic;
    await sleep(1500);
    victim.signal('SIGKILL');
    expect(await until(() => load.died.aborted)).toBe(true);
    expect(load.died.reason).toMatchObject({
      code: 'LOAD_DIED',
      message: `the load on driver-2 (127.0.0.1:${victim.at.port}) ended by itself: its connection ended`,
    });
    await expect(load.stop(100)).rejects.toMatchObject({ code: 'LOAD_DIED' });
    expect((await traffic.read()).rows.length).toBeGreaterThan(250);
  });

  it('has died when nobody serves there, or somebody with another key', async () => {
    const nobody = { name: 'driver-2', address: '127.0.0.1', port: 1 };
    const start = (host: LoadHost, key: string): Promise<unknown> =>
      harness.start({ versions: APP, ...RATE, others: { hosts: [host], key } });
    await expect(start(nobody, KEY)).rejects.toMatchObject({ code: 'LOAD_DIED' });
    await expect(start(second.at, loadKey('other', 'password'))).rejects.toMatchObject({ code: 'LOAD_DIED' });
  });

  it('tells whoever has the key what the kernel of its host says, and whoever has another nothing', async () => {
    const look = new HostLook(second.at, KEY);
    const [first, next] = [(await look.read()) as Reading, (await look.read()) as Reading];
    expect(next).toMatchObject({ bootId: first.bootId, disk: null });
    expect(next.totalTicks).toBeGreaterThanOrEqual(first.totalTicks);
    look.close();
    await expect(new HostLook(second.at, loadKey('other', 'password')).read()).rejects.toThrow();
    await expect(new HostLook({ ...second.at, port: 1 }, KEY).read()).rejects.toThrow('ECONNREFUSED');
  });

  it('lets a stranger on the network in nowhere', async () => {
    const socket = connect(second.at.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.end('GET / HTTP/1.1\r\n\r\n');
    await once(socket, 'close');
    expect(socket.bytesRead).toBeLessThan(100);
  });
});
