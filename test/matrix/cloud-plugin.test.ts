import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { CLOUD_NAMES } from '../../infra/clouds/index.ts';
import { ownerMark } from '../../infra/clouds/owner.ts';
import { PluginProcess, until } from '../../infra/provider/provider-fixture.ts';
import { newRunId } from '../../scripts/artifacts/run-id.ts';
import { asError } from '../../scripts/shared/errors.ts';
import { FAKE_ENVIRONMENT, FAKES, MACHINE_PATH } from '../support/clouds/fakes.ts';
import { startFake, type Fault } from '../support/clouds/fake-server.ts';
import { paperMachines } from '../support/clouds/machines.ts';
import { KEY, quick, reapAll } from './clouds/renter.ts';

const EXECUTABLE = fileURLToPath(new URL('../../infra/provider/pulumi-resource-rehearsal', import.meta.url));

/** What ends it, and what is there then: everything is killed without a word, else the plugin tidies up by itself. */
const ENDS: Readonly<Record<string, { strike: (plugin: PluginProcess) => unknown; hosts: number }>> = {
  'Ctrl-C': { strike: (plugin) => plugin.cancel(), hosts: 0 },
  'kill of the plugin': {
    strike: (plugin) => {
      plugin.signal('SIGTERM');
    },
    hosts: 0,
  },
  'kill -9 of the engine': {
    strike: (plugin) => {
      plugin.killParent();
    },
    hosts: 0,
  },
  'kill -9 of everything': {
    strike: (plugin) => {
      plugin.signal('SIGKILL');
      plugin.killParent();
    },
    hosts: 1,
  },
};

const rows: string[] = [];
afterAll(() => {
  process.stdout.write(`${rows.join('\n')}\n`);
});

describe.each(CLOUD_NAMES)('the plugin process that rents of %s', (name) => {
  const order = `POST ${MACHINE_PATH[name]}`;
  // No SSH answers there, so that it waits for it after the second.
  const moments = { 'the order is under way': `${order}#1`, 'it boots': `GET ${MACHINE_PATH[name]}/{id}#1` };
  const cells = Object.entries(moments).flatMap(([when, at]) =>
    Object.keys(ENDS).map((how) => [how, when, at]),
  );

  it.concurrent.each(cells)('leaves nothing after %s when %s', async (how, when, at) => {
    const { strike, hosts } = ENDS[how]!;
    const faults: Fault[] = [];
    let plugin: PluginProcess | undefined;
    let struck: unknown;
    const fake = await startFake({
      cloud: name,
      make: FAKES[name],
      machines: paperMachines(),
      faults,
      createMs: 500,
      onRequest: (what, nth) => {
        if (`${what}#${nth}` === at && plugin && struck === undefined) struck = strike(plugin) ?? true;
      },
    });
    try {
      const open = quick(name, fake.url);
      const limit = AbortSignal.timeout(60_000);
      const { plans, image } = await open().catalog(limit);
      const marker = {
        runId: newRunId('cloud-plugin'),
        owner: ownerMark(),
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      };
      const location = plans[0]!.location;
      const { id: networkId } = await open().makeNetwork({ marker, location }, limit);
      plugin = await PluginProcess.start('CloudHost', [EXECUTABLE], FAKE_ENVIRONMENT[name](fake.url));
      const ended = await plugin
        .create({
          ...marker,
          cloud: name,
          location,
          image,
          networkId,
          role: 'primary',
          plans: [plans[0]!.id],
          authorizedKey: KEY,
          allowUpFront: false,
        })
        .then(
          () => 'made',
          (error: unknown) => asError(error).message,
        );
      await struck;
      expect(struck, 'nothing was struck').toBeDefined();
      expect(ended).not.toBe('made');
      if (how !== 'Ctrl-C') await plugin.ended();
      const made = (): string[] => fake.api.left().filter((one) => one.includes('-primary-'));
      expect(made()).toHaveLength(hosts);
      expect(fake.api.hostsMade).toBe(1);
      for (const [variable, value] of Object.entries(FAKE_ENVIRONMENT[name](fake.url)))
        process.env[variable] = value;
      expect(await reapAll({ name, open })).toEqual([]);
      await until(
        () => fake.api.left().length === 0,
        () => fake.api.left().join(),
      );
      expect([fake.api.twins(), fake.violations]).toEqual([[], []]);
      rows.push(`${name}: ${how} when ${when}: made 1, left ${hosts}, after reap 0; ${ended.split('\n')[0]}`);
    } finally {
      await plugin?.stop();
      await fake.close();
    }
  });
});
