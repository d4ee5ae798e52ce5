import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DriverSession } from '../../../infra/remote-job/driver-session.ts';
import { registerSecret } from '../../../scripts/shared/text/redact.ts';
import { needsSshd } from '../../support/hosts/sshd.ts';
import { eventually, lineCounter, useBench } from './driver-session-fixture.ts';

describe.skipIf(!needsSshd('to follow a driver over SSH'))('following a driver', () => {
  const bench = useBench();

  it('hands on every line, and then what the driver said at its end', async () => {
    const session = await bench.begin({ lines: 300 });
    const lines = lineCounter();
    const done = await session.follow(lines.take);
    expect(lines.count).toBe(300);
    expect(done).toMatchObject({ ok: true, archive: 'run.tar.gz' });
    expect(await session.done()).toEqual(done);
    const { length } = await readFile(join(bench.dir, 'events.ndjson'));
    expect(lines.offset).toBe(length);
  });

  it('reads a job that ended before anybody followed', async () => {
    const session = await bench.begin({ lines: 20 });
    await eventually(() => session.done()).toBeDefined();
    const lines = lineCounter();
    await session.follow(lines.take);
    expect(lines.count).toBe(20);
  });

  it('loses and doubles no line when the connection is cut again and again', async () => {
    bench.proxy.cutAfter(() => 10_000 + Math.random() * 100_000);
    const session = await bench.begin({ lines: 3_000, everyMs: 5 });
    const lines = lineCounter();
    await session.follow(lines.take);
    expect(lines.count).toBe(3_000);
    expect(bench.proxy.accepted).toBeGreaterThan(10);
    expect(bench.notes.join('\n')).toMatch(/no connection to 127.0.0.1 .*connecting again\n.*again after 0/);
  });

  it('goes on in a controller that was started again, from the offset that it kept', async () => {
    const first = await bench.begin({ lines: 1_000, everyMs: 5 });
    const lines = lineCounter();
    const died = first.follow((line, offset) => {
      lines.take(line, offset);
      if (lines.count === 400) throw new Error('the controller died');
    });
    await expect(died).rejects.toThrow('the controller died');
    await first.close();
    const second = await bench.open();
    await second.start();
    await second.follow(lines.take, lines.offset);
    expect(lines.count).toBe(1_000);
    expect((await readFile(join(bench.dir, 'starts'), 'utf8')).trim().split('\n')).toHaveLength(1);
  });

  it('notices a path that went silent, and goes on over a new connection', async () => {
    const session = await bench.begin({ lines: 600, everyMs: 20 });
    const lines = lineCounter();
    const over = session.follow(lines.take);
    await eventually(() => lines.count).toBeGreaterThan(0);
    bench.proxy.stall();
    setTimeout(() => {
      bench.proxy.resume();
    }, 300);
    await over;
    expect(lines.count).toBe(600);
    expect(bench.notes[0]).toContain('Keepalive timeout');
  });

  it('says what the log said when the driver ended without a result, and no password', async () => {
    registerSecret('hunter-2-secret');
    const session = await bench.begin({ lines: 5, end: 'crash', password: 'hunter-2-secret' });
    const lines = lineCounter();
    const error = await session.follow(lines.take).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DRIVER_FAILED' });
    expect(String(error)).toContain('the driver ended without a result; the end of its log:');
    expect(String(error)).toContain('broken with password=***');
    expect(String(error)).not.toContain('hunter');
    expect(lines.count).toBe(5);
  });

  it('tells of a driver that was killed, and of one that cannot be started at all', async () => {
    const session = await bench.begin({ lines: 5, end: 'hang' });
    const lines = lineCounter();
    const over = session.follow(lines.take);
    await eventually(() => lines.count).toBe(5);
    process.kill(Number((await readFile(join(bench.dir, 'driver.pid'), 'utf8')).split(' ')[0]), 'SIGKILL');
    await expect(over).rejects.toMatchObject({ code: 'DRIVER_FAILED' });

    await writeFile(join(bench.dir, 'driver.pid'), '');
    const broken = { ...bench.access, nodePath: '/nowhere/node' };
    const other = await DriverSession.open(broken, { signal: new AbortController().signal });
    await other.start();
    await expect(other.follow(() => undefined)).rejects.toThrow('/nowhere/node');
    await other.close();
  });

  it('gives a host up that is gone, after the time for that', async () => {
    const session = await bench.begin({ lines: 5, end: 'hang' });
    const lines = lineCounter();
    const over = session.follow(lines.take);
    over.catch(() => undefined);
    await eventually(() => lines.count).toBe(5);
    const startedAt = Date.now();
    await bench.proxy.refuse();
    await expect(over).rejects.toMatchObject({ code: 'HOST_UNREACHABLE' });
    expect(Date.now() - startedAt).toBeGreaterThan(2_900);
    expect(Date.now() - startedAt).toBeLessThan(6_000);
  });
});
