import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createLocalNetwork } from '../../../infra/targets/local/network/network.ts';
import { localTraces } from '../../support/hosts/local-traces.ts';
import { leaveNothing, LocalRun, needsLocalHosts, never } from './local-fixture.ts';

/** Tries a TCP connection from within a host. */
function dial(address: string, port: number): string {
  return `timeout 2 bash -c '</dev/tcp/${address}/${port}' 2>/dev/null && echo open || echo shut`;
}

async function answers(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(1_000) });
    return true;
  } catch {
    return false;
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

describe.skipIf(!(await needsLocalHosts()))('the network of local hosts', () => {
  leaveNothing();

  it('lets hosts talk among themselves, this machine in by SSH only, and nothing out', async () => {
    const run = await LocalRun.start();
    const [primary, driver] = await Promise.all([run.host('primary'), run.host('driver')]);
    const serve =
      'use Socket; socket S, PF_INET, SOCK_STREAM, 0; setsockopt S, SOL_SOCKET, SO_REUSEADDR, 1; bind S, sockaddr_in(5432, INADDR_ANY); listen S, 9; sleep 60';
    await run.ssh(primary, `perl -e '${serve}' >/dev/null 2>&1 </dev/null & sleep 0.3`);
    expect(await run.ssh(driver, dial('primary', 5432))).toBe('open');
    expect(await run.ssh(driver, dial('primary', 22))).toBe('open');
    expect(await answers(primary.address, 22)).toBe(true);
    expect(await answers(primary.address, 5432)).toBe(false);

    const server = createServer((socket) => socket.destroy()).listen(0, '0.0.0.0');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      expect(await answers(run.network.gateway, port)).toBe(true);
      const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
      const addresses = own.filter(({ family }) => family === 'IPv4').map(({ address }) => address);
      expect(addresses).toContain(run.network.gateway);
      for (const address of [...addresses, '1.1.1.1'])
        expect(await run.ssh(driver, dial(address, port))).toBe('shut');
    } finally {
      server.close();
    }
  });

  it('has a subnet of its own in each run', async () => {
    const [one, other] = await Promise.all([LocalRun.start(), LocalRun.start()]);
    expect(one.network.subnet).not.toBe(other.network.subnet);
    const [here, there] = await Promise.all([one.host('driver'), other.host('driver')]);
    expect(await one.ssh(here, dial(there.address, 22))).toBe('shut');
  });

  it('is refused a subnet that is taken, and leaves nothing then', async () => {
    const { network } = await LocalRun.start();
    const spec = { runId: `${network.runId}-second`, expiresAt: network.expiresAt, controller: null };
    await expect(createLocalNetwork({ ...spec, subnet: network.subnet }, never)).rejects.toMatchObject({
      code: 'NETWORK_TAKEN',
      message: expect.stringContaining(network.subnet) as string,
    });
    expect(localTraces(spec.runId)).toEqual([]);
    await expect(createLocalNetwork({ ...spec, subnet: '10.1.2.0/23' }, never)).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  it('goes to one of two runs that want the same subnet at the same moment', async () => {
    const first = await LocalRun.start();
    const { subnet } = first.network;
    await first.remove();
    const results = await Promise.allSettled([LocalRun.start({ subnet }), LocalRun.start({ subnet })]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [lost] = results.filter((result) => result.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'NETWORK_TAKEN' });
  });
});
