import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { utils } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { DriverSession, type ArchiveFacts } from '../../../infra/remote-job/driver-session.ts';
import { needsSshd } from '../../support/hosts/sshd.ts';
import {
  eventually,
  IMPATIENT,
  jobDocument,
  lineCounter,
  useBench,
  type Bench,
} from './driver-session-fixture.ts';

const skip = !needsSshd('to stop a driver over SSH');

async function driverRuns(bench: Bench): Promise<boolean> {
  const [pid, startTime] = (await readFile(join(bench.dir, 'driver.pid'), 'utf8')).trim().split(' ');
  const stat = await readFile(`/proc/${pid!}/stat`, 'utf8').catch(() => '');
  return stat.split(') ')[1]?.split(' ')[19] === startTime && !stat.includes(') Z ');
}

describe.skipIf(skip)('stopping a driver', () => {
  const bench = useBench();

  async function hanging(ignoreTerm: boolean): Promise<DriverSession> {
    const session = await bench.begin({ lines: 1, end: 'hang', ignoreTerm });
    await eventually(() => driverRuns(bench).catch(() => false)).toBe(true);
    const path = join(bench.dir, 'events.ndjson');
    await eventually(() => readFile(path, 'utf8').catch(() => '')).toContain('\n');
    return session;
  }

  it('asks it to end, and a second time does nothing', async () => {
    const session = await hanging(false);
    await session.stop();
    expect(await driverRuns(bench)).toBe(false);
    await session.stop();
  });

  it('kills one that does not listen, after the time for that', async () => {
    const session = await hanging(true);
    await session.stop(300);
    expect(await driverRuns(bench)).toBe(false);
  });

  it('still works after the session was aborted', async () => {
    await hanging(false);
    const stop = new AbortController();
    const session = await bench.open({ signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(session.done()).rejects.toThrow('enough');
    await session.stop();
    expect(await driverRuns(bench)).toBe(false);
  });

  it('leaves a later process with the same pid alone', async () => {
    const session = await hanging(false);
    const [pid] = (await readFile(join(bench.dir, 'driver.pid'), 'utf8')).split(' ');
    for (const name of ['driver.pid', 'launch.pid']) await writeFile(join(bench.dir, name), `${pid!} 1\n`);
    await session.stop();
    expect(await readFile(`/proc/${pid!}/cmdline`, 'utf8')).toContain(bench.dir);
  });
});

describe.skipIf(skip)('aborting a session', () => {
  const bench = useBench();

  /** Does `work`, aborts it in mid-way, and expects an end within a second and no open socket. */
  async function abortIn(begin: (session: DriverSession) => Promise<unknown>, afterMs = 150): Promise<void> {
    const stop = new AbortController();
    const session = await bench.open({ signal: stop.signal });
    const work = begin(session);
    work.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    const abortedAt = Date.now();
    stop.abort(new Error('enough'));
    await expect(work).rejects.toThrow('enough');
    expect(Date.now() - abortedAt).toBeLessThan(1_000);
    await eventually(() => bench.proxy.open).toBe(0);
  }

  it('ends an upload', async () => {
    const from = join(bench.here, 'snapshot');
    await writeFile(from, randomBytes(3_000_000));
    await abortIn((session) => {
      bench.proxy.delay(150);
      return session.upload({ files: [{ from, to: 'snapshot' }], documents: [] }, () => undefined);
    });
  });

  it('ends the start and the following of a job, and the job goes on', async () => {
    const session = await bench.begin({ lines: 1, end: 'hang' });
    await session.close();
    const lines = lineCounter();
    await abortIn((other) => other.follow(lines.take), 500);
    expect(await driverRuns(bench)).toBe(true);
    await abortIn((other) => {
      bench.proxy.delay(100);
      return other.start();
    }, 50);
  });

  it('ends a download', async () => {
    const evidence = randomBytes(3_000_000).toString('base64');
    const session = await bench.begin({ lines: 1, evidence });
    const facts = (await session.follow(() => undefined)) as ArchiveFacts;
    await session.close();
    await abortIn((other) => {
      bench.proxy.delay(150);
      return other.collect(join(bench.here, 'arrival'), facts);
    });
  });

  it('ends the wait for a host that does not come back', async () => {
    await abortIn(async (session) => {
      await bench.proxy.refuse();
      return session.done();
    }, 300);
  });

  it('ends a wait on a path that went silent', async () => {
    await abortIn((session) => {
      bench.proxy.stall();
      return session.done();
    }, 50);
  });
});

describe.skipIf(skip)('opening a session', () => {
  const bench = useBench();
  const signal = new AbortController().signal;

  it('refuses a host with another key at once', async () => {
    const startedAt = Date.now();
    const hostKey = utils.generateKeyPairSync('ed25519').public;
    const strange = { ...bench.access, ssh: { ...bench.access.ssh, hostKey } };
    const open = DriverSession.open(strange, { signal });
    await expect(open).rejects.toThrow('shows another host key');
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    await eventually(() => bench.proxy.open).toBe(0);
  });

  it('gives a host up that never answers', async () => {
    await bench.proxy.refuse();
    const patience = { ...IMPATIENT, unreachableMs: 500 };
    const open = DriverSession.open(bench.access, { signal, patience });
    await expect(open).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
  });

  it('starts a job once, however often it is told to', async () => {
    const session = await bench.open();
    await session.upload({ files: [], documents: [jobDocument({ lines: 1, end: 'hang' })] }, () => undefined);
    await session.start();
    await session.start();
    await eventually(() => driverRuns(bench).catch(() => false)).toBe(true);
    await session.start();
    expect((await readFile(join(bench.dir, 'starts'), 'utf8')).trim().split('\n')).toHaveLength(1);
  });
});
