import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { EnvironmentPlan } from './environment-plan.ts';
import type { HostOutput, StackOutputs } from './environment-stack.ts';
import type { Reach } from './contract/hosts.ts';

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** How a secret arrives at a provider: as an envelope with this key. */
const ENVELOPE = '4dabf18193072939515e22adb298388d';
const PASSWORDS = { superuser: 'superuser-password', replication: 'replication-password' };
const PRIVATE_KEY = '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n';

const ADDRESSES: Record<string, string> = {
  primary: '10.0.3.7',
  standby: '10.0.9.2',
  driver: '10.0.4.4',
  'driver-2': '10.0.4.5',
};
const JUMP = { host: 'jump.example', port: 22, user: 'root', hostKey: 'ssh-ed25519 jump' };
/** As hosts of a cloud are reached: not at their private address, not all as root, not all from here. */
const REACH = {
  primary: { host: '192.0.2.1', port: 22, user: 'root', jump: null },
  standby: { host: '10.0.9.2', port: 22, user: 'root', jump: JUMP },
  driver: { host: '192.0.2.3', port: 2222, user: 'debian', jump: null },
  'driver-2': { host: '192.0.2.4', port: 22, user: 'root', jump: null },
} satisfies Record<string, Omit<Reach, 'hostKey'>>;

function reachOf(role: string): Omit<Reach, 'hostKey'> {
  return REACH[role as keyof typeof REACH];
}

const registered: Registered[] = [];

/** Hosts by the name alone; what makes them is another test's business. */
class FakeMachine extends pulumi.CustomResource {
  declare readonly hostKey: pulumi.Output<string>;
  declare readonly subnet: pulumi.Output<string>;

  constructor(type: string, name: string, inputs: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super(`fake:index:${type}`, name, { hostKey: undefined, subnet: undefined, ...inputs }, options);
  }
}

async function run(
  standby: boolean,
  outlives = false,
  drivers = 1,
): Promise<{ hosts: HostOutput[]; created: StackOutputs['created'] }> {
  const { environmentProgram } = await import('./environment-stack.ts');
  const bundle = join(tmpdir(), 'environment-test-bundle.mjs');
  const plan: EnvironmentPlan = {
    owner: { runId: 'run-1', expiresAt: '2030-01-01T00:00:00Z', controller: { pid: 4711, startTime: '1' } },
    software: {
      nodePath: '/opt/rehearse/node',
      postgres: { binDir: '/opt/rehearse/postgres/bin', version: '18.4', major: 18, statistics: true },
      share: [],
    },
    sizes: { primary: { cpu: 2 }, standby: {}, driver: {} },
    drivers,
    lap: 1,
    port: 5432,
    places: { run: '/var/lib/rehearse', postgres: '/var/lib/postgresql' },
    outlives,
    prepares: outlives,
    tracing: 'host',
    claim: '{}',
    serverUser: 'postgres',
    configs: { primary: "work_mem = '4MB'", standby: '' },
    standby: standby ? { tool: bundle } : null,
    bundle,
    keys: { publicKey: 'ssh-ed25519 AAAA', privateKey: PRIVATE_KEY },
    passwords: PASSWORDS,
  };
  const outputs = await environmentProgram(plan, {
    network: (name, owner, options) => {
      const resource = new FakeMachine('Network', name, { ...owner }, options);
      return { resource, created: { network: 1 }, subnet: resource.subnet };
    },
    host: (name, { owner, role, size }, options) => {
      const resource = new FakeMachine('Host', name, { ...owner, role, size }, options);
      return {
        resource,
        created: { host: 1 },
        address: pulumi.output(ADDRESSES[role] ?? ''),
        reach: resource.hostKey.apply((hostKey) => ({ ...reachOf(role), hostKey })),
        notes: pulumi.output([]),
        identity: pulumi.output(`who ${role}`),
      };
    },
  })();
  const hosts = await new Promise<HostOutput[]>((resolve) => {
    outputs.hosts.apply((made) => {
      resolve(made);
    });
  });
  const last = [
    'engine-prepare',
    ...(drivers > 1 ? [`engine-${drivers}-prepare`] : []),
    ...(standby ? ['replica-start'] : []),
  ];
  await vi.waitFor(() => {
    expect(registered.map(({ name }) => name)).toEqual(expect.arrayContaining(last));
  });
  return { hosts, created: outputs.created };
}

function inputsOf(name: string): Record<string, unknown> {
  return registered.find((one) => one.name === name)?.inputs ?? {};
}

beforeAll(async () => {
  writeFileSync(join(tmpdir(), 'environment-test-bundle.mjs'), '');
  await pulumi.runtime.setMocks({
    call: ({ inputs }: pulumi.runtime.MockCallArgs) => inputs as Record<string, unknown>,
    newResource: ({ type, name, inputs, id }: pulumi.runtime.MockResourceArgs) => {
      registered.push({ type, name, inputs: inputs as Record<string, unknown> });
      const state = { ...(inputs as object), subnet: '10.89.7.0/24', hostKey: `ssh-ed25519 ${name}` };
      return { id: id ?? name, state };
    },
  });
});

describe('the program of an environment', () => {
  let hosts: HostOutput[] = [];
  let created: StackOutputs['created'];

  beforeAll(async () => {
    ({ hosts, created } = await run(true));
  });

  test('makes one network, three hosts and what runs on them, and few steps', () => {
    expect(registered.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      'command:remote:Command engine-prepare',
      'command:remote:Command postgres-start',
      'command:remote:Command replica-start',
      'command:remote:Command waits-start',
      'command:remote:CopyToRemote engine-bundle',
      'command:remote:CopyToRemote replica-tool',
      'command:remote:CopyToRemote waits-program',
      'fake:index:Host driver-host',
      'fake:index:Host primary-host',
      'fake:index:Host standby-host',
      'fake:index:Network network-bridge',
      'pulumi:providers:command commands',
      'rehearsal:index:Driver engine',
      'rehearsal:index:Host driver',
      'rehearsal:index:Host primary',
      'rehearsal:index:Host standby',
      'rehearsal:index:PostgresServer postgres',
      'rehearsal:index:PrivateNetwork network',
      'rehearsal:index:Standby replica',
      'rehearsal:index:WaitTracer waits',
    ]);
  });

  test('counts what was created', () => {
    expect(created).toEqual({ host: 3, network: 1 });
  });

  test('tells where each host is, how to get in and by which key it is known', () => {
    expect(hosts).toEqual([
      {
        role: 'primary',
        address: ADDRESSES.primary,
        reach: { ...REACH.primary, hostKey: 'ssh-ed25519 primary-host' },
        notes: [],
        identity: 'who primary',
      },
      {
        role: 'standby',
        address: ADDRESSES.standby,
        reach: { ...REACH.standby, hostKey: 'ssh-ed25519 standby-host' },
        notes: [],
        identity: 'who standby',
      },
      {
        role: 'driver',
        address: ADDRESSES.driver,
        reach: { ...REACH.driver, hostKey: 'ssh-ed25519 driver-host' },
        notes: [],
        identity: 'who driver',
      },
    ]);
  });

  test('marks every host and the network with the run, its owner and its expiry', () => {
    for (const name of ['network-bridge', 'primary-host', 'standby-host', 'driver-host']) {
      expect(inputsOf(name)).toMatchObject({
        runId: 'run-1',
        expiresAt: '2030-01-01T00:00:00Z',
        controller: { pid: 4711, startTime: '1' },
      });
    }
  });

  test('dials the pinned host key long enough, and hands passwords and connections over as secrets', () => {
    const steps = registered.filter(({ type }) => type.startsWith('command:'));
    for (const { inputs } of steps) {
      expect(inputs['connection']).toMatchObject({
        [ENVELOPE]: expect.any(String) as string,
        value: {
          privateKey: PRIVATE_KEY,
          hostKey: expect.stringMatching(/^ssh-ed25519 /) as string,
          dialErrorLimit: 60,
        },
      });
      expect(inputs['delete']).toBeUndefined();
    }
    expect(inputsOf('postgres-start')['stdin']).toMatchObject({
      [ENVELOPE]: expect.any(String) as string,
      value: 'superuser-password\nreplication-password\n',
    });
    expect(inputsOf('replica-start')['stdin']).toMatchObject({ value: 'replication-password\n' });
  });

  test('writes no password into a command line, and leaves no output of earlier steps in the environment', () => {
    for (const name of ['postgres-start', 'replica-start', 'engine-prepare']) {
      const { create, addPreviousOutputInEnv, logging } = inputsOf(name);
      expect(create).toEqual(expect.any(String));
      for (const secret of [...Object.values(PASSWORDS), 'OPENSSH']) expect(create).not.toContain(secret);
      expect({ addPreviousOutputInEnv, logging }).toEqual({ addPreviousOutputInEnv: false, logging: 'none' });
    }
  });

  test('lets the replication user in from the standby only', () => {
    expect(inputsOf('postgres-start')['create']).toContain('standby=10.0.9.2\n');
  });
});

test('an environment without a standby makes none, and lets nobody stream', async () => {
  registered.length = 0;
  const { hosts } = await run(false);
  expect(hosts.map(({ role }) => role)).toEqual(['primary', 'driver']);
  expect(registered.map(({ name }) => name)).not.toContain('standby');
  expect(inputsOf('postgres-start')['create']).toContain("standby=''");
});

test('more driver hosts are added beside the one, whose resources keep their names', async () => {
  registered.length = 0;
  const made = await run(false, false, 2);
  expect(made.hosts.map(({ role, address }) => [role, address])).toEqual([
    ['primary', '10.0.3.7'],
    ['driver', '10.0.4.4'],
    ['driver-2', '10.0.4.5'],
  ]);
  expect(made.created).toEqual({ host: 3, network: 1 });
  const names = registered.map(({ name }) => name).filter((name) => /^(driver|engine)/.test(name));
  expect(names.sort()).toEqual([
    'driver',
    'driver-2',
    'driver-2-host',
    'driver-host',
    'engine',
    'engine-2',
    'engine-2-bundle',
    'engine-2-prepare',
    'engine-bundle',
    'engine-prepare',
  ]);
});

test('goes to each host as it is reached: as another user by sudo, at another port, through a jump host', async () => {
  registered.length = 0;
  await run(true);
  const connectionOf = (name: string): unknown => (inputsOf(name)['connection'] as { value: unknown }).value;
  expect(connectionOf('engine-prepare')).toMatchObject({ host: '192.0.2.3', port: 2222, user: 'debian' });
  expect(inputsOf('engine-prepare')['create']).toMatch(/^sudo -n -- sh -c '/);
  const { hostKey, ...jump } = JUMP;
  expect(connectionOf('replica-start')).toMatchObject({
    host: '10.0.9.2',
    port: 22,
    user: 'root',
    hostKey: 'ssh-ed25519 standby-host',
    proxy: { ...jump, hostKey, privateKey: PRIVATE_KEY },
  });
  expect(inputsOf('replica-start')['create']).not.toContain('sudo -n');
  expect(connectionOf('engine-prepare')).not.toHaveProperty('proxy');
});

test('on hosts that outlive the stack a step of its own takes back what was made', async () => {
  registered.length = 0;
  await run(false, true);
  const undone = registered.filter(({ inputs }) => inputs['delete'] !== undefined).map(({ name }) => name);
  expect(undone.sort()).toEqual(['driver-prepare', 'primary-prepare']);
  expect(inputsOf('primary-prepare')['delete']).toContain('run=run-1\nengine=/var/lib/rehearse\n');
});
