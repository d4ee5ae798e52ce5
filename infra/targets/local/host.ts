import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { currentPidSpace, isAlive, type PidSpace, type ProcessIdentity } from '../../process-identity.ts';
import { hostsFile } from './hosts-file.ts';
import { limitVariables, requireLivable, sharedMemoryBytes, type HostLimits } from './host-limits.ts';
import { requireHost, variablesOf, type Part } from './parts/part-names.ts';
import { keeperScript, type LocalNetwork } from './network/network.ts';
import { epochSeconds, ownerText } from './parts/part-owner.ts';
import { runAsRoot, scriptWith, type Value } from './privileged.ts';
import { removePart } from './parts/remove.ts';
import { shareVariables, type Share } from './shares.ts';
import { waitForSshd } from './sshd/ssh-banner.ts';
import { requireSshd, sshdVariables } from './sshd/sshd.ts';
import { generateKeyPair } from '../../ssh/key-pair.ts';

export interface LocalHostSpec extends HostLimits {
  readonly runId: string;
  readonly role: string;
  /** In the network's subnet. */
  readonly address: string;
  readonly network: LocalNetwork;
  /** ISO 8601 UTC; the host ends then, whoever still uses it. */
  readonly expiresAt: string;
  /** The process whose end makes this a leftover; null where only its expiry does. */
  readonly controller: ProcessIdentity | null;
  /** OpenSSH public key line; the only key that logs in, as root. */
  readonly authorizedKey: string;
  readonly share: readonly Share[];
  /** How long it outlives its owner's death, in seconds; a minute unless it is said. */
  readonly orphanSeconds?: number;
  /** Its root may set a firewall in it, as that of a machine of its own may. */
  readonly mayFilter?: true;
  /** The Ed25519 key that it shows; a new one unless given. */
  readonly hostKey?: { readonly public: string; readonly private: string };
}

export interface LocalHost {
  readonly runId: string;
  readonly role: string;
  readonly address: string;
  /** `ssh-ed25519 AAAA…`, made for this host. */
  readonly hostKey: string;
  /** The host's process 1 as this machine sees it. */
  readonly pid: number;
  readonly startTime: string;
  readonly bootId: string;
  /** What was asked for and cannot be had here, as sentences. */
  readonly notes: readonly string[];
}

const UP_TIMEOUT_MS = 40_000;
const EXISTS = 17;
const NOTES: Readonly<Record<string, string>> = {
  'no-disk-limit': 'the disk limit was not applied: the state folder is on no disk of its own',
  'no-link-rate': 'the link rate was not applied: the kernel has no tbf',
  'no-link-delay': 'the link delay was not applied: the kernel has no netem',
  'in-memory':
    'files of the host outside /var/lib/postgresql and /var/lib/rehearse are in memory: the disk cannot hold an overlay',
};

/**
 * Makes one host and returns when its sshd answers. Where this throws, nothing of it is left.
 * @throws USAGE, TARGET_UNAVAILABLE, HOST_START_FAILED, or the signal's reason
 */
export async function createLocalHost(spec: LocalHostSpec, signal: AbortSignal): Promise<LocalHost> {
  const part = requireHost(spec.runId, spec.role);
  requireLivable(spec.role, spec);
  const [here, sshd, shares] = await Promise.all([
    currentPidSpace(),
    requireSshd(),
    shareVariables(spec.share),
  ]);
  const key = spec.hostKey ?? generateKeyPair('');
  const script = hostScript(part, spec, here, { ...shares, ...sshdVariables(sshd), HOST_KEY: key.private });
  let exists = false;
  try {
    const { exitCode, lines, complaint } = await runAsRoot(script, { timeoutMs: UP_TIMEOUT_MS, signal });
    exists = exitCode === EXISTS;
    const { identity, notes } = parseStart(lines);
    if (exitCode !== 0 || !identity) throw startFailed(part, complaint, lines);
    await waitForSshd(spec.address, () => isAlive(identity), signal);
    return {
      runId: spec.runId,
      role: spec.role,
      address: spec.address,
      hostKey: key.public.split(' ').slice(0, 2).join(' '),
      bootId: here.bootId,
      ...identity,
      notes,
    };
  } catch (error) {
    if (!exists) await removePart(part);
    throw error;
  }
}

function hostScript(part: Part, spec: LocalHostSpec, here: PidSpace, more: Record<string, Value>): string {
  const { runId, role, address, network, authorizedKey } = spec;
  const { HOST_KEY, ...forInit } = more;
  const init = {
    ...variablesOf(part),
    ADDRESS: address,
    HOSTS: hostsFile(network.subnet, role, address),
    SHM_BYTES: sharedMemoryBytes(spec),
    AUTHORIZED_KEY: authorizedKey.trim(),
    MORE_CAPS: spec.mayFilter === true ? ',net_admin' : '',
    ...forInit,
  };
  return scriptWith(
    {
      ...variablesOf({ runId, role }),
      ...limitVariables(spec),
      ADDRESS: address,
      OWNER: ownerText(spec.controller, here),
      EXPIRES: epochSeconds(spec.expiresAt),
      KEEPER: keeperScript(part, spec.orphanSeconds),
      INIT: scriptWith(init, 'init'),
      HOST_KEY,
    },
    'claims',
    'cgroups',
    'common',
    'host-up',
  );
}

function parseStart(lines: readonly string[]): { identity: ProcessIdentity | undefined; notes: string[] } {
  const words = lines.map((line) => line.trim().split(' '));
  const [, pid, startTime, how] = words.find(([kind]) => kind === 'ready') ?? [];
  const notes = words.filter(([kind]) => kind === 'note').map(([, what]) => what);
  return {
    identity: pid === undefined || startTime === undefined ? undefined : { pid: Number(pid), startTime },
    notes: [...notes, how].flatMap((note) => (note === undefined ? [] : [NOTES[note] ?? note])),
  };
}

function startFailed({ runId, role }: Part, complaint: string, lines: readonly string[]): RehearsalError {
  const failed = lines.find((line) => line.startsWith('failed '))?.slice('failed '.length);
  return new RehearsalError(
    'HOST_START_FAILED',
    `host ${role} of run ${runId} did not start: ${failed ?? complaint}`,
    {
      hint: 'rehearse doctor says what this machine lacks, rehearse reap --execute removes what earlier runs left',
    },
  );
}

/** False once it has ended, however it did. */
export async function localHostAlive({ pid, startTime, bootId }: LocalHost): Promise<boolean> {
  return (await currentPidSpace()).bootId === bootId && (await isAlive({ pid, startTime }));
}

/** By name, whatever of it is there; a host that is gone is no error. */
export async function removeLocalHost(runId: string, role: string): Promise<void> {
  await removePart(requireHost(runId, role));
}
