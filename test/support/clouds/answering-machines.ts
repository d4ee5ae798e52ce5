import { once } from 'node:events';
import { Server } from 'ssh2';
import { generateKeyPair } from '../../../infra/ssh/key-pair.ts';
import type { FakeHost, FakeHostOrder, Machines } from './machines.ts';

const PORT = 22;
let last = 0;

/** VMs that are nothing but an SSH server that lets nobody in, on a loopback address of its own; a boot takes no time. */
export class AnsweringMachines implements Machines {
  readonly #servers = new Map<FakeHost, Server>();
  #networks = 0;

  /** False where this user cannot listen at the port of SSH, or another server does at every address. */
  static async canBe(): Promise<boolean> {
    const machines = new AnsweringMachines();
    try {
      await machines.host({ network: { subnet: '' }, authorizedKey: '' });
      return true;
    } catch {
      return false;
    } finally {
      await machines.removeAll();
    }
  }

  network(subnet = `10.89.${++this.#networks}.0/24`): Promise<{ subnet: string }> {
    return Promise.resolve({ subnet });
  }

  removeNetwork(): Promise<void> {
    return Promise.resolve();
  }

  async host({ hostKey = generateKeyPair('') }: FakeHostOrder): Promise<FakeHost> {
    const number = last++;
    const address = `127.66.${Math.floor(number / 250) % 250}.${1 + (number % 250)}`;
    const server = new Server({ hostKeys: [hostKey.private] }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (attempt) => {
        attempt.reject();
      });
    });
    const host = { address };
    server.listen(PORT, address);
    await once(server, 'listening');
    this.#servers.set(host, server);
    return host;
  }

  removeHost(host: FakeHost): Promise<void> {
    this.#servers.get(host)?.close();
    this.#servers.delete(host);
    return Promise.resolve();
  }

  async removeAll(): Promise<void> {
    for (const host of [...this.#servers.keys()]) await this.removeHost(host);
  }
}
