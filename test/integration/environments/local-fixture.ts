import { afterEach, expect } from 'vitest';
import { connectSsh } from '../../../infra/ssh/connect.ts';
import { identityOf, type ProcessIdentity } from '../../../infra/process-identity.ts';
import { localAvailability } from '../../../infra/targets/local/availability.ts';
import {
  createLocalHost,
  removeLocalHost,
  type LocalHost,
  type LocalHostSpec,
} from '../../../infra/targets/local/host.ts';
import {
  createLocalNetwork,
  removeLocalNetwork,
  type LocalNetwork,
  type LocalNetworkSpec,
} from '../../../infra/targets/local/network/network.ts';
import { ensureSshd } from '../../../infra/targets/local/sshd/sshd.ts';
import { newRunId } from '../../../scripts/artifacts/run-id.ts';
import { localTraces } from '../../support/hosts/local-traces.ts';
import { generateKeyPair } from '../../../infra/ssh/key-pair.ts';

const ROLES = { primary: 10, standby: 11, driver: 20 } as const;
type Role = keyof typeof ROLES;
export const never = new AbortController().signal;

/** Can hosts be made here? Where they cannot, the tests skip aloud, but never in CI. */
export async function needsLocalHosts(): Promise<boolean> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  if (process.platform === 'linux') await ensureSshd({ log, signal: never });
  const availability = await localAvailability();
  if (availability.available) return true;
  const message = `no local hosts here: ${availability.why} (${availability.remedy})`;
  if (process.env['CI'] === 'true') throw new Error(`${message}; in CI no test may be skipped (see .ci/run)`);
  process.stderr.write(`SKIPPING TESTS: ${message}\n`);
  return false;
}

const open: LocalRun[] = [];

/** Takes down what a test has made, and fails it when anything at all of its runs stays on this machine. */
export function leaveNothing(): void {
  afterEach(async () => {
    for (const run of open.splice(0)) {
      await run.remove();
      expect(localTraces(run.runId)).toEqual([]);
    }
  });
}

/** One run with its network and its hosts, owned by this process unless told otherwise. */
export class LocalRun {
  readonly runId = newRunId('local-test');
  readonly key = generateKeyPair('');
  readonly expiresAt = new Date(Date.now() + 300_000).toISOString();
  controller: ProcessIdentity | null = null;
  network!: LocalNetwork;

  static async start(spec: Partial<LocalNetworkSpec> = {}): Promise<LocalRun> {
    const run = new LocalRun();
    open.push(run);
    run.controller = spec.controller ?? (await identityOf(process.pid))!;
    const { runId, expiresAt, controller } = run;
    run.network = await createLocalNetwork({ runId, expiresAt, controller, ...spec }, never);
    return run;
  }

  address(role: Role): string {
    return this.network.subnet.replace(/0\/24$/, String(ROLES[role]));
  }

  host(role: Role, more: Partial<LocalHostSpec> = {}, signal = never): Promise<LocalHost> {
    const { runId, network, expiresAt, controller } = this;
    const common = { runId, role, network, expiresAt, controller, address: this.address(role) };
    return createLocalHost({ ...common, authorizedKey: this.key.public, share: [], ...more }, signal);
  }

  /** Runs a command line on a host as root; stdout and stderr in one. */
  async ssh(host: LocalHost, command: string, privateKey = this.key.private): Promise<string> {
    const access = { host: host.address, port: 22, username: 'root', privateKey, hostKey: host.hostKey };
    const client = await connectSsh(access, { signal: never });
    try {
      return await new Promise<string>((resolve, reject) => {
        client.exec(`exec 2>&1; ${command}`, (error, channel) => {
          if (error) {
            reject(error);
            return;
          }
          let output = '';
          channel.on('data', (data: Buffer) => (output += data.toString()));
          channel.on('close', () => {
            resolve(output.trim());
          });
        });
      });
    } finally {
      client.end();
    }
  }

  async remove(): Promise<void> {
    await Promise.all(Object.keys(ROLES).map((role) => removeLocalHost(this.runId, role)));
    await removeLocalNetwork(this.runId);
  }
}
