import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { EnvironmentPlan } from './environment-plan.ts';
import type { HostOutput } from './environment.ts';

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/** How a secret arrives at a provider: as an envelope with this key. */
const ENVELOPE = '4dabf18193072939515e22adb298388d';
const PASSWORDS = { superuser: 'superuser-password', replication: 'replication-password' };
const PRIVATE_KEY = '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n';

const registered: Registered[] = [];

/** Hosts by the name alone; what makes them is another test's business. */
class FakeMachine extends pulumi.CustomResource {
  declare readonly hostKey: pulumi.Output<string>;
  declare readonly subnet: pulumi.Output<string>;

  constructor(type: string, name: string, inputs: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super(`fake:index:${type}`, name, { hostKey: undefined, subnet: undefined, ...inputs }, options);
  }
}

async function run(standby: boolean): Promise<HostOutput[]> {
  const { environmentProgram } = await import('./environment.ts');
  const bundle = join(tmpdir(), 'environment-test-bundle.mjs');
  const plan: EnvironmentPlan = {
    owner: { runId: 'run-1', expiresAt: '2030-01-01T00:00:00Z', controller: { pid: 4711, startTime: '1' } },
    software: {
      nodePath: '/opt/rehearse/node',
      postgres: { binDir: '/opt/rehearse/postgres/bin', version: '18.4', major: 18, statistics: true },
      share: [],
    },
    sizes: { primary: { cpu: 2 }, standby: {}, driver: {} },
    port: 5432,
    configs: { primary: "work_mem = '4MB'", standby: '' },
    standby: standby ? { tool: bundle } : null,
    bundle,
    keys: { publicKey: 'ssh-ed25519 AAAA', privateKey: PRIVATE_KEY },
    passwords: PASSWORDS,
  };
  const outputs = await environmentProgram(plan, {
    network: (name, owner, options) => {
      const resource = new FakeMachine('Network', name, { ...owner }, options);
      return { resource, subnet: resource.subnet };
    },
    host: (name, { owner, role, address, size }, options) => {
      const resource = new FakeMachine('Host', name, { ...owner, role, address, size }, options);
      const { hostKey } = resource;
      return { resource, hostKey, notes: pulumi.output([]), identity: pulumi.output(`who ${role}`) };
    },
  })();
  const hosts = await new Promise<HostOutput[]>((resolve) => {
    outputs.hosts.apply((made) => {
      resolve(made);
    });
  });
  const last = ['engine-prepare', ...(standby ? ['replica-start'] : [])];
  await vi.waitFor(() => {
    expect(registered.map(({ name }) => name)).toEqual(expect.arrayContaining(last));
  });
  return hosts;
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

  beforeAll(async () => {
    hosts = await run(true);
  });

  test('makes one network, three hosts and what runs on them, and few steps', () => {
    expect(registered.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      'command:remote:Command engine-prepare',
      'command:remote:Command postgres-start',
      'command:remote:Command replica-start',
      'command:remote:CopyToRemote engine-bundle',
      'command:remote:CopyToRemote replica-tool',
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
    ]);
  });

  test('tells where each host is and by which key it is known', () => {
    expect(hosts).toEqual([
      {
        role: 'primary',
        address: '10.89.7.10',
        hostKey: 'ssh-ed25519 primary-host',
        notes: [],
        identity: 'who primary',
      },
      {
        role: 'standby',
        address: '10.89.7.11',
        hostKey: 'ssh-ed25519 standby-host',
        notes: [],
        identity: 'who standby',
      },
      {
        role: 'driver',
        address: '10.89.7.20',
        hostKey: 'ssh-ed25519 driver-host',
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
          user: 'root',
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
    expect(inputsOf('postgres-start')['create']).toContain('standby=10.89.7.11\n');
  });
});

test('an environment without a standby makes none, and lets nobody stream', async () => {
  registered.length = 0;
  const hosts = await run(false);
  expect(hosts.map(({ role }) => role)).toEqual(['primary', 'driver']);
  expect(registered.map(({ name }) => name)).not.toContain('standby');
  expect(inputsOf('postgres-start')['create']).toContain("standby=''");
});
