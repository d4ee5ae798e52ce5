import { fileURLToPath } from 'node:url';
import ssh2 from 'ssh2';
import { afterAll, describe, expect, it } from 'vitest';
import { CallFailed, PluginProcess } from '../../../infra/provider/provider-fixture.ts';
import { newRunId } from '../../../scripts/artifacts/run-id.ts';
import { localTraces } from '../../support/hosts/local-traces.ts';
import { needsLocalHosts } from '../environments/local-fixture.ts';

const EXECUTABLE = fileURLToPath(
  new URL('../../../infra/provider/pulumi-resource-rehearsal', import.meta.url),
);

describe.skipIf(!(await needsLocalHosts()))('local hosts as resources', () => {
  const runId = newRunId('provider-test');
  const expiresAt = new Date(Date.now() + 300_000).toISOString();
  const stopped: PluginProcess[] = [];
  const start = async (type: string): Promise<PluginProcess> => {
    const plugin = await PluginProcess.start(type, [EXECUTABLE]);
    stopped.push(plugin);
    return plugin;
  };
  afterAll(async () => {
    for (const plugin of stopped) await plugin.stop();
    expect(localTraces(runId)).toEqual([]);
  });

  it('are made, read, and gone without a trace, and a host that is gone is noticed', async () => {
    const networks = await start('LocalNetwork');
    const hosts = await start('LocalHost');
    const network = await networks.create({ runId, expiresAt });
    expect(network.id).toBe(`${runId}/network`);
    const { bridge, subnet, gateway, bootId } = network.state as Record<string, string>;
    const inputs = {
      runId,
      expiresAt,
      role: 'primary',
      address: subnet?.replace('0/24', '10'),
      share: [],
      authorizedKey: ssh2.utils.generateKeyPairSync('ed25519').public,
      network: { bridge, subnet, gateway, bootId },
    };
    const host = await hosts.create(inputs);
    expect(host.id).toBe(`${runId}/primary`);
    expect(host.state['hostKey']).toMatch(/^ssh-ed25519 /);
    expect(await hosts.read(host.id, host.state)).toEqual(host);
    expect(await hosts.diff(host.state, inputs)).toEqual({ changes: false, replaces: [] });
    expect(await hosts.diff(host.state, { ...inputs, cpu: 1 })).toEqual({ changes: true, replaces: ['cpu'] });
    expect(await networks.diff(network.state, { runId, expiresAt })).toMatchObject({ changes: false });

    await hosts.delete(host.id, host.state);
    await hosts.delete(host.id, host.state);
    expect(await hosts.read(host.id, host.state)).toMatchObject({ id: '' });
    await networks.delete(network.id, network.state);
    expect(await networks.read(network.id, network.state)).toMatchObject({ id: '' });
    expect(localTraces(runId)).toEqual([]);
  });

  it('leave nothing when their creation is cancelled', async () => {
    const networks = await start('LocalNetwork');
    const creating = networks.create({ runId, expiresAt }).then(
      () => undefined,
      (error: unknown) => error,
    );
    await networks.cancel();
    const failed = await creating;
    if (failed !== undefined) expect((failed as CallFailed).halfMade).toBeUndefined();
    expect(failed).toBeInstanceOf(CallFailed);
    expect(localTraces(runId)).toEqual([]);
  });
});
