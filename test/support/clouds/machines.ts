import { execa } from 'execa';
import { createLocalHost, removeLocalHost } from '../../../infra/targets/local/host.ts';
import {
  createLocalNetwork,
  removeLocalNetwork,
  type LocalNetwork,
} from '../../../infra/targets/local/network/network.ts';
import { newRunId } from '../../../scripts/artifacts/run-id.ts';

const LIFE_MS = 3_600_000;
const MAKE_MS = 60_000;
const MEMORY_BYTES = 1024 ** 3;

export interface FakeNetwork {
  readonly subnet: string;
}

export interface FakeHostOrder {
  readonly network: FakeNetwork;
  readonly authorizedKey: string;
  /** What user-data put into it. */
  readonly hostKey?: { readonly private: string; readonly public: string } | undefined;
}

export interface FakeHost {
  readonly address: string;
}

/** What the VMs of a fake are made of. */
export interface Machines {
  /** @param subnet a /24; undefined = any. @throws where it is taken */
  network(subnet?: string): Promise<FakeNetwork>;
  removeNetwork(network: FakeNetwork): Promise<void>;
  host(order: FakeHostOrder): Promise<FakeHost>;
  removeHost(host: FakeHost): Promise<void>;
  /** Whatever is still there. */
  removeAll(): Promise<void>;
}

/** VMs that are nothing but an address on this machine at which no SSH answers. */
export function paperMachines(): Machines {
  let last = 0;
  return {
    network: (subnet = '10.89.1.0/24') => Promise.resolve({ subnet }),
    removeNetwork: () => Promise.resolve(),
    host: () => Promise.resolve({ address: `127.0.0.${++last + 1}` }),
    removeHost: () => Promise.resolve(),
    removeAll: () => Promise.resolve(),
  };
}

interface MadeNetwork extends FakeNetwork {
  readonly local: LocalNetwork;
  next: number;
}
interface MadeHost extends FakeHost {
  readonly runId: string;
  readonly role: string;
}

/** VMs that are hosts of this machine's target `local`: own addresses, own sshd. */
export class LocalMachines implements Machines {
  readonly #networks = new Map<FakeNetwork, MadeNetwork>();
  readonly #hosts = new Map<FakeHost, MadeHost>();

  async network(subnet?: string): Promise<FakeNetwork> {
    const spec = { runId: newRunId('fake-cloud'), expiresAt: expiry(), controller: null };
    const local = await createLocalNetwork({ ...spec, ...(subnet === undefined ? {} : { subnet }) }, limit());
    const made = { local, subnet: local.subnet, next: 10 };
    this.#networks.set(made, made);
    return made;
  }

  async removeNetwork(network: FakeNetwork): Promise<void> {
    const made = this.#networks.get(network);
    this.#networks.delete(network);
    if (made) await removeLocalNetwork(made.local.runId);
  }

  async host({ network, authorizedKey, hostKey }: FakeHostOrder): Promise<FakeHost> {
    const made = this.#networks.get(network);
    if (!made) throw new Error('a VM needs a network of the fake');
    const last = made.next++;
    const [runId, role] = [made.local.runId, `vm${last}`];
    const address = made.subnet.replace(/\.0\/24$/, `.${last}`);
    const { pid } = await createLocalHost(
      {
        runId,
        role,
        address,
        authorizedKey,
        network: made.local,
        expiresAt: expiry(),
        controller: null,
        share: [],
        memoryBytes: MEMORY_BYTES,
        mayFilter: true,
        ...(hostKey === undefined ? {} : { hostKey }),
      },
      limit(),
    );
    await giveTracefs(pid);
    const host = { address, runId, role };
    this.#hosts.set(host, host);
    return host;
  }

  async removeHost(host: FakeHost): Promise<void> {
    const made = this.#hosts.get(host);
    this.#hosts.delete(host);
    if (made) await removeLocalHost(made.runId, made.role);
  }

  async removeAll(): Promise<void> {
    await Promise.all([...this.#hosts.keys()].map((host) => this.removeHost(host)));
    for (const network of [...this.#networks.keys()]) await this.removeNetwork(network);
  }
}

/** Root of a VM may trace its own kernel. Where this machine has no tracefs, neither has the VM. */
async function giveTracefs(pid: number): Promise<void> {
  const mount = ['mount', '-t', 'tracefs', 'tracefs', '/sys/kernel/tracing'];
  await execa('nsenter', ['--target', String(pid), '--mount', '--root', '--', ...mount], { reject: false });
}

function expiry(): string {
  return new Date(Date.now() + LIFE_MS).toISOString();
}

function limit(): AbortSignal {
  return AbortSignal.timeout(MAKE_MS);
}
