import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Client as SshClient } from 'ssh2';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { connectSsh } from '../../../infra/ssh/connect.ts';
import { removeLocalHost } from '../../../infra/targets/local/host.ts';
import { localTarget } from '../../../infra/targets/local/local-target.ts';
import type { DriverAccess, DriverEnvironment } from '../../../infra/contract/target.ts';
import { canMakeEnvironments, EnvironmentBench } from './environment-bench.ts';

const signal = AbortSignal.timeout(300_000);

/** SQL from the driver host: through a channel of its sshd, as the driver itself would connect. */
async function queryFromDriver(driver: DriverAccess, endpoint: PgEndpoint, sql: string): Promise<unknown> {
  const ssh = await connectSsh(driver.ssh, { signal });
  try {
    const channel = await forward(ssh, endpoint);
    const client = new pg.Client({ ...endpoint, stream: () => asSocket(channel) });
    await client.connect();
    const { rows } = await client.query<{ value: unknown }>(sql);
    await client.end();
    return rows[0]?.value;
  } finally {
    ssh.end();
  }
}

function forward(ssh: SshClient, { host, port }: PgEndpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    ssh.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
      if (error) reject(error);
      else resolve(channel);
    });
  });
}

/** pg calls what only sockets have, and waits for `connect`. */
function asSocket(channel: Duplex): Duplex {
  const connect = (): Duplex => {
    setImmediate(() => channel.emit('connect'));
    return channel;
  };
  return Object.assign(channel, { connect, setNoDelay: () => channel, setKeepAlive: () => channel });
}

/** Every file of the session but the key itself. */
async function sessionTexts(dir: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && entry.name !== 'id_ed25519') texts.set(path, await readFile(path, 'utf8'));
  }
  return texts;
}

describe.skipIf(!(await canMakeEnvironments()))('an environment of primary, standby and driver', () => {
  let bench: EnvironmentBench;
  let up: DriverEnvironment;
  let driver: DriverAccess;
  let standby: PgEndpoint;

  beforeAll(async () => {
    bench = await EnvironmentBench.make('up', {
      standby: true,
      settings: [{ name: 'work_mem', value: '7MB' }],
      hosts: { primary: { cpu: 1, memoryBytes: 512 * 1024 ** 2 } },
    });
    up = await bench.environment().up(signal);
    if (up.standby === null) throw new Error('an environment without standby');
    ({ driver, standby } = up);
  });

  afterAll(async () => {
    await bench.close();
  });

  test('answers to SSH by the command that it prints', async () => {
    for (const { role, sshCommand } of up.hostInfo) {
      const { stdout } = await execa(`${sshCommand ?? ''} -o BatchMode=yes hostname`, { shell: true });
      expect(stdout).toContain(role);
    }
  });

  test('has a database that the driver host reaches, as the rehearsal configures it', async () => {
    expect(await queryFromDriver(driver, up.primary, 'select current_database() as value')).toBe('rehearsal');
    const setting = (name: string): Promise<unknown> =>
      queryFromDriver(driver, up.primary, `select current_setting('${name}') as value`);
    expect(await setting('work_mem')).toBe('7MB');
    expect(await setting('shared_buffers')).toBe('128MB');
    expect(await setting('shared_preload_libraries')).toBe('pg_stat_statements');
  });

  test('has a standby that streams what the primary writes', async () => {
    const streaming = `select state as value from pg_stat_replication where application_name = 'rehearse/standby'`;
    expect(await queryFromDriver(driver, up.primary, streaming)).toBe('streaming');
    await queryFromDriver(driver, up.primary, 'create table seen as select 42 as value');
    await expect
      .poll(() => queryFromDriver(driver, standby, `select to_regclass('seen')::text as value`), {
        timeout: 10_000,
      })
      .toBe('seen');
    expect(await queryFromDriver(driver, standby, 'select value from seen')).toBe(42);
  });

  test('has the engine’s file and a private folder for its job on the driver host', async () => {
    const [host] = up.hostInfo.filter(({ role }) => role === 'driver');
    const command = `${driver.nodePath} ${driver.bundlePath}; stat -c %a ${driver.dir}`;
    const { stdout } = await execa(`${host?.sshCommand ?? ''} '${command}'`, { shell: true });
    expect(stdout).toBe('the engine700');
  });

  test('keeps passwords and the private key out of the stack’s state, and off the hosts’ command lines', async () => {
    const key = (await readFile(bench.folder.privateKey, 'utf8')).split('\n')[2] ?? '';
    const texts = await sessionTexts(bench.folder.path);
    expect([...texts.keys()].some((path) => path.includes('.pulumi/stacks'))).toBe(true);
    for (const [path, text] of texts) {
      for (const secret of [up.primary.password, key]) {
        expect(text.includes(secret), path).toBe(false);
      }
    }
    for (const { sshCommand } of up.hostInfo) {
      const { stdout } = await execa(`${sshCommand ?? ''} 'cat /proc/[0-9]*/cmdline'`, {
        shell: true,
        reject: false,
      });
      expect(stdout).not.toContain(up.primary.password);
    }
  });

  test('is found again by a controller that starts anew, and nothing is made twice', async () => {
    bench.lines.length = 0;
    const again = await bench.environment().up(signal);
    expect(bench.lines).toEqual([]);
    expect(again.primary).toEqual(up.primary);
    expect(again.standby).toEqual(up.standby);
    expect(again.hostInfo).toEqual(up.hostInfo);
  });

  test('lives on as long as it is kept, and its leftovers are in use until then', async () => {
    const until = new Date(Date.now() + 5 * 60_000);
    await bench.environment().keep(until);
    const found = (await localTarget.leftovers(AbortSignal.timeout(60_000))).found.filter(
      ({ runId }) => runId === bench.spec.runId,
    );
    expect(found.map(({ inUse }) => inUse)).not.toContain(false);
    expect(found.find(({ what }) => what.startsWith('folder'))?.expiresAt).toBe(until.toISOString());
  });

  test('says when one of its hosts has died', async () => {
    expect(up.failed.aborted).toBe(false);
    await removeLocalHost(bench.spec.runId, 'driver');
    await expect.poll(() => up.failed.aborted, { timeout: 10_000 }).toBe(true);
    expect(up.failed.reason).toMatchObject({
      code: 'HOST_DIED',
      message: `the driver host (${driver.ssh.host}) is gone`,
    });
  });

  test('leaves nothing when it is destroyed by somebody who only knows the run', async () => {
    await bench.environment().destroy();
    expect(await bench.traces()).toEqual([]);
  });
});
