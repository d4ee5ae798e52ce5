import { createServer } from 'node:net';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { embeddedTarget } from '../../../infra/targets/embedded/embedded-target.ts';
import type { Environment, EnvironmentSpec, HereEnvironment } from '../../../infra/contract/target.ts';
import { connect, withConnection } from '../../../scripts/pg/client.ts';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { neverAborted, pidsBelow, privateTmpdir, serverPid, show, specOf } from './embedded-fixture.ts';

const hasProc = process.platform === 'linux';
let tmp: Awaited<ReturnType<typeof privateTmpdir>>;
const environments: Environment[] = [];

beforeEach(async () => {
  tmp = await privateTmpdir();
});

afterEach(async () => {
  for (const environment of environments.splice(0)) await environment.destroy();
  const processes = await pidsBelow(tmp.path);
  const files = await readdir(tmp.path);
  await tmp.remove();
  expect({ processes, files }).toEqual({ processes: [], files: [] });
});

function make(spec: EnvironmentSpec): Environment<HereEnvironment> {
  const environment = embeddedTarget.environment(spec);
  environments.push(environment);
  return environment;
}

async function up(spec: EnvironmentSpec): Promise<HereEnvironment & { folder: string }> {
  const running = await make(spec).up(neverAborted());
  return { ...running, folder: join(tmp.path, `dress-rehearsal-${spec.runId}`) };
}

const LOOKED_AT = ['fsync', 'synchronous_commit', 'full_page_writes', 'wal_level', 'autovacuum', 'work_mem'];

describe('an embedded environment', () => {
  it('restores with fast settings and rehearses with those of the rehearsal', async () => {
    const text = "it's 100% \\ of\nit";
    const running = await up(specOf({ settings: { work_mem: '7MB', 'app.text': text } }));
    const rehearsed = {
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      wal_level: 'replica',
      autovacuum: 'on',
      work_mem: '7MB',
    };
    expect(await show(running.primary, LOOKED_AT)).toEqual(rehearsed);

    await running.switchTo('restore', neverAborted());
    const restored = {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      wal_level: 'minimal',
    };
    expect(await show(running.primary, LOOKED_AT)).toEqual({
      ...restored,
      autovacuum: 'off',
      work_mem: '7MB',
    });
    const names = running.restoreSettings.map(({ name }) => name);
    expect(Object.keys(await show(running.primary, names)).sort()).toEqual([...names].sort());
    await withConnection(running.primary, 'setup', (client) =>
      client.query('create table kept as select 1 as id'),
    );

    await running.switchTo('rehearse', neverAborted());
    expect(await show(running.primary, [...LOOKED_AT, 'app.text', 'shared_preload_libraries'])).toEqual({
      ...rehearsed,
      'app.text': text,
      shared_preload_libraries: 'pg_stat_statements',
    });
    await withConnection(running.primary, 'setup', async (client) => {
      expect((await client.query('select id from kept')).rows).toEqual([{ id: 1 }]);
      await client.query('create extension pg_stat_statements');
      await client.query('select count(*) from pg_stat_statements');
    });
  });

  it('is an empty UTF-8 database on the loopback address, in a folder that others cannot look into', async () => {
    const running = await up(specOf());
    const { host, user, database } = running.primary;
    expect({ host, user, database, hosts: running.hosts, standby: running.standby }).toEqual({
      host: '127.0.0.1',
      user: 'postgres',
      database: 'rehearsal',
      hosts: 1,
      standby: null,
    });
    expect(
      await show(running.primary, ['listen_addresses', 'unix_socket_directories', 'server_encoding']),
    ).toEqual({
      listen_addresses: '127.0.0.1',
      unix_socket_directories: running.primary.socketDir === undefined ? '' : '/run/server',
      server_encoding: 'UTF8',
    });
    expect((await stat(join(running.folder, 'data'))).mode & 0o777).toBe(0o700);
    expect((await stat(running.folder)).mode & 0o066).toBe(0);
    expect((await stat(running.scratchDir)).isDirectory()).toBe(true);
    expect(await readdir(running.folder)).not.toContain('password');
    const owner = JSON.parse(await readFile(join(running.folder, 'owner.json'), 'utf8')) as {
      servers: unknown;
    };
    expect(owner.servers).toEqual([
      { pid: await serverPid(running.folder), startTime: expect.stringMatching(/./) as string },
    ]);
  });

  it.skipIf(!hasProc)(
    'lets nobody in without the password, and does not show it to other processes',
    async () => {
      const { primary, folder } = await up(specOf());
      await expect(connect({ ...primary, password: 'wrong' }, 'setup')).rejects.toMatchObject({
        code: 'CONNECTION_FAILED',
        message: expect.stringContaining('password authentication failed') as string,
      });
      const commandLine = await readFile(`/proc/${await serverPid(folder)}/cmdline`, 'utf8');
      expect(commandLine).not.toContain(primary.password);
    },
  );

  it.skipIf(!hasProc)('does not run as root', async () => {
    const { folder } = await up(specOf());
    const status = await readFile(`/proc/${await serverPid(folder)}/status`, 'utf8');
    expect(/^Uid:\t(\d+)/m.exec(status)?.[1]).not.toBe('0');
  });

  it('stays put when asked for the mode that it is in', async () => {
    const running = await up(specOf());
    const before = await serverPid(running.folder);
    await running.switchTo('rehearse', neverAborted());
    expect(await serverPid(running.folder)).toBe(before);
  });

  it('stands beside another one', async () => {
    const [first, second] = await Promise.all([up(specOf()), up(specOf())]);
    expect(first.primary.port).not.toBe(second.primary.port);
    expect(await show(first.primary, ['port'])).toEqual({ port: String(first.primary.port) });
    expect(await show(second.primary, ['port'])).toEqual({ port: String(second.primary.port) });
  });

  it('says what it cannot tell', async () => {
    const spec = specOf({ standby: true, settings: { ssl: 'on' } });
    const { limits } = await up({ ...spec, hosts: { primary: { cpu: 2 } } });
    expect(limits).toEqual([
      'The server ran as processes of this machine and shared CPU, memory and disk with whatever else ran here.',
      expect.stringMatching(/^The SQL under rehearsal could reach /) as string,
      'Locks and query plans carry over to production; durations that come from hardware and disk do not.',
      expect.stringMatching(/^Client and server shared \d+ CPUs?\.$/) as string,
      'Text sorts as in the locale C.UTF-8, so plans for LIKE and ORDER BY on text may differ from production.',
      'The rehearsal asks for a standby; the embedded target has none, so replication lag was not measured.',
      'The size of primary under hosts was not applied: the embedded target rents no hosts.',
      'Settings that the embedded target decides by itself were left out: ssl.',
    ]);
  });
});

describe('an environment that cannot come up', () => {
  it('names all settings that PostgreSQL does not know, before anything is restored', async () => {
    const spec = specOf({ settings: { shared_bufers: '1GB', work_men: '4MB' } });
    await expect(make(spec).up(neverAborted())).rejects.toMatchObject({
      code: 'POSTGRES_START_FAILED',
      message:
        'PostgreSQL did not start: unrecognized configuration parameter "shared_bufers"; unrecognized configuration parameter "work_men"',
      hint: 'correct or remove shared_bufers under postgres.settings (did you mean shared_buffers?); correct or remove work_men under postgres.settings (did you mean work_mem?)',
    });
  });

  it('names a setting whose value PostgreSQL refuses', async () => {
    await expect(make(specOf({ settings: { wal_level: 'lots' } })).up(neverAborted())).rejects.toMatchObject({
      code: 'POSTGRES_START_FAILED',
      message: 'PostgreSQL did not start: invalid value for parameter "wal_level": "lots"',
      hint: 'correct wal_level under postgres.settings: Available values: minimal, replica, logical.',
    });
  });

  it('names the port that is taken', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    try {
      await expect(make(specOf({ port })).up(neverAborted())).rejects.toMatchObject({
        code: 'PORT_TAKEN',
        message: `port ${port} of 127.0.0.1 is taken by another program`,
        hint: 'stop what listens there, choose another postgres.port, or leave it out and a free one is taken',
      });
    } finally {
      other.close();
    }
  });

  it('leaves alone a folder of the same run that is there already', async () => {
    const spec = specOf();
    const first = await up(spec);
    const second = embeddedTarget.environment(spec);
    await expect(second.up(neverAborted())).rejects.toMatchObject({ code: 'TARGET_UNAVAILABLE' });
    await second.destroy();
    expect(await show(first.primary, ['fsync'])).toEqual({ fsync: 'on' });
  });

  it.each([0, 30, 150, 400, 800, 1200])('leaves nothing when it is stopped after %i ms', async (afterMs) => {
    const stop = new AbortController();
    const environment = make(specOf());
    const rising = environment.up(stop.signal);
    const outcome = rising.catch((error: unknown) => error);
    await wait(afterMs);
    const reason = new RehearsalError('INTERRUPTED', 'stopped');
    stop.abort(reason);
    const result = await outcome;
    if (result instanceof Error) expect(result).toBe(reason);
    await environment.destroy();
    expect(await readdir(tmp.path)).toEqual([]);
    await environment.destroy();
  });

  it.each([0, 100, 700])('can be destroyed %i ms into its making', async (afterMs) => {
    const environment = make(specOf());
    const outcome = environment.up(neverAborted()).catch((error: unknown) => error);
    await wait(afterMs);
    await environment.destroy();
    expect(await readdir(tmp.path)).toEqual([]);
    expect(await outcome).toMatchObject({ code: 'INTERRUPTED' });
    await expect(environment.up(neverAborted())).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});

describe('a server that ends by itself', () => {
  it.skipIf(!hasProc)(
    'is reported with how it ended, and leaves nothing, not even shared memory',
    async () => {
      const spec = specOf();
      const running = await up(spec);
      const owner = JSON.parse(await readFile(join(running.folder, 'owner.json'), 'utf8')) as {
        sharedMemory: { segments: { key: number; id: number }[]; files: string[] };
      };
      // In namespaces of its own there is nothing to write down: it ends with its processes.
      const isClosed = running.primary.socketDir !== undefined;
      expect(owner.sharedMemory.segments).toHaveLength(isClosed ? 0 : 1);
      expect(owner.sharedMemory.files).toHaveLength(isClosed ? 0 : 1);

      const mapped = await sharedFilesBelow(tmp.path);
      process.kill(await serverPid(running.folder), 'SIGKILL');
      await aborted(running.failed);
      expect(running.failed.reason).toMatchObject({
        code: 'POSTGRES_DIED',
        message: 'PostgreSQL ended while it was needed; killed by SIGKILL',
      });
      await expect(running.switchTo('restore', neverAborted())).rejects.toBe(running.failed.reason);

      await environments[0]?.destroy();
      expect(await pidsBelow(tmp.path)).toEqual([]);
      expect(
        [...(isClosed ? [] : mapped), ...owner.sharedMemory.files].filter((file) => existsSync(file)),
      ).toEqual([]);
      const segments = await readFile('/proc/sysvipc/shm', 'utf8');
      for (const { key, id } of owner.sharedMemory.segments) {
        expect(segments).not.toMatch(new RegExp(`^\\s*${key}\\s+${id}\\s`, 'm'));
      }
    },
  );

  it('is not taken for one that was told to', async () => {
    const running = await up(specOf());
    await running.switchTo('restore', neverAborted());
    await environments[0]?.destroy();
    expect(running.failed.aborted).toBe(false);
  });
});

/** Files below /dev/shm that the processes working in a folder have mapped. */
async function sharedFilesBelow(folder: string): Promise<Set<string>> {
  const mapped = new Set<string>();
  for (const pid of await pidsBelow(folder)) {
    const maps = await readFile(`/proc/${pid}/maps`, 'utf8').catch(() => '');
    for (const [file] of maps.matchAll(/\/dev\/shm\/\S+/g)) mapped.add(file);
  }
  return mapped;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
