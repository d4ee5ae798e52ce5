import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withConnection } from '../../../scripts/pg/client.ts';
import { sleep } from '../../../scripts/shared/clock.ts';
import { tinyRehearsal, type TinyRehearsal } from '../../support/tiny-rehearsal.ts';
import { DriverBench, DriverRun } from './driver-bench.ts';

const LONG = '  - { phase: expand, soak: 10min }';

let bench: DriverBench;
let tiny: TinyRehearsal;
beforeAll(async () => {
  bench = await DriverBench.open();
  tiny = await tinyRehearsal(LONG);
});
afterAll(async () => {
  await bench.close();
  await tiny.remove();
});

/** Sessions of the tool that are still open, once they had a moment to go. */
async function sessionsLeft(): Promise<number> {
  return withConnection(bench.server, 'setup', async (client) => {
    for (let tries = 0; ; tries++) {
      const { rows } = await client.query(
        "select 1 from pg_stat_activity where application_name like 'rehearse/%' and pid <> pg_backend_pid()",
      );
      if (rows.length === 0 || tries === 20) return rows.length;
      await sleep(100);
    }
  });
}

describe('a job that does not come to its end', () => {
  it('ends in order when it is told to, with the evidence so far; a lost terminal is nothing to it', async () => {
    const run = await bench.job(tiny.dir);
    const child = run.start();
    await run.says((line) => line.type === 'step');
    child.kill('SIGHUP');
    await run.says(({ type }) => type === 'alive');
    const askedMs = Date.now();
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(Date.now() - askedMs).toBeLessThan(5_000);
    const done = await run.done();
    expect(done).toMatchObject({
      ok: false,
      error: { code: 'INTERRUPTED', message: 'the run was interrupted' },
    });
    const { stdout } = await execa('tar', ['-tzf', join(run.folder, done.archive ?? '')]);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining(['artifacts/requests.ndjson', 'artifacts/steps.ndjson']),
    );
    expect(await sessionsLeft()).toBe(0);
  });

  it('is not done half twice: what was killed is given up', async () => {
    const run = await bench.job(tiny.dir);
    const child = run.start();
    await run.says((line) => line.type === 'step');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(join(run.folder, 'done.json'))).toBe(false);
    expect(await run.run()).toMatchObject({
      ok: false,
      error: { code: 'DRIVER_FAILED', message: 'the driver ended half-way, and was started again' },
      archive: 'run.tar.gz',
    });
    expect(await sessionsLeft()).toBe(0);
  });

  it('runs no longer than its environment may', async () => {
    const expiresAt = new Date(Date.now() + 3_000).toISOString();
    const run = await bench.job(tiny.dir, { expiresAt });
    expect((await run.run()).error).toMatchObject({
      code: 'TIMED_OUT',
      message: `the environment expired at ${expiresAt}`,
    });
  });

  it('says that a step failed, which is an end like any other', async () => {
    const files = { 'sql/bad.sql': 'alter table nowhere add column x int;' };
    const failing = await tinyRehearsal('  - { phase: expand, sql: sql/bad.sql }', files);
    try {
      const run = await bench.job(failing.dir);
      expect(await run.run()).toMatchObject({
        ok: true,
        error: null,
        stepFailure: 'relation "nowhere" does not exist',
      });
    } finally {
      await failing.remove();
    }
  });
});

describe('a primary that cannot be reached', () => {
  it('is named with what to check when it refuses', async () => {
    const primary = { ...bench.server, port: 1 };
    const run = await bench.job(tiny.dir, { primary });
    const { error } = await run.run();
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(error?.message).toBe(
      `the driver host cannot connect to PostgreSQL at ${primary.host}:1: connect ECONNREFUSED ${primary.host}:1`,
    );
    expect(error?.hint).toContain('pg_hba.conf');
  });

  it('is given up within 15 seconds when it is silent', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const startedMs = Date.now();
    const run = await bench.job(tiny.dir, { primary: { ...bench.server, host: '127.0.0.1', port } });
    expect((await run.run()).error).toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(Date.now() - startedMs).toBeLessThan(15_000);
    silent.close();
  });
});

describe('a job folder that is not whole', () => {
  it.each([
    ['without job.json', undefined, 'the driver cannot read its job.json: ENOENT'],
    ['with half of it', '{"schemaVersion": 1, "primary": {"password": "hush', 'it is not JSON'],
    ['with something else in it', '{"schemaVersion": 7}', 'schemaVersion, runId'],
  ])('is refused: %s', async (_, text, message) => {
    const folder = await mkdtemp(join(tmpdir(), 'driver-job-'));
    try {
      if (text !== undefined) await writeFile(join(folder, 'job.json'), text);
      const { ok, error } = await new DriverRun(bench.bundle, folder).run();
      expect(ok).toBe(false);
      expect(error?.code).toBe('DRIVER_FAILED');
      expect(error?.message).toContain(message);
      expect(error?.message).not.toContain('hush');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
