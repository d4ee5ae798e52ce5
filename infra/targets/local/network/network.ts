import { access } from 'node:fs/promises';
import { asError, RehearsalError } from '../../../../scripts/shared/errors.ts';
import { currentPidSpace, type PidSpace, type ProcessIdentity } from '../../../process-identity.ts';
import { linkOf, NETWORK_ROLE, netnsOf, requirePart, variablesOf, type Part } from '../parts/part-names.ts';
import { aliasOf, epochSeconds, ownerText } from '../parts/part-owner.ts';
import { filterFromMachine, filterToMachine } from './packet-filter.ts';
import { runAsRoot, scriptWith } from '../privileged.ts';
import { removePart } from '../parts/remove.ts';
import { candidateSubnets, knownNetworks, prefixOfSubnet, takenBy } from './subnet.ts';

export interface LocalNetworkSpec {
  readonly runId: string;
  /** ISO 8601 UTC; the network goes away then, whoever is still there. */
  readonly expiresAt: string;
  /** The process whose end makes this a leftover; null where only its expiry does. */
  readonly controller: ProcessIdentity | null;
  /** A /24 such as `10.89.7.0/24`; undefined = a free one is chosen. */
  readonly subnet?: string;
  /** How long it outlives its owner's death, in seconds; a minute unless it is said. */
  readonly orphanSeconds?: number;
}

export interface LocalNetwork {
  readonly runId: string;
  readonly expiresAt: string;
  /** The interface on this machine that leads to the network. */
  readonly bridge: string;
  readonly subnet: string;
  /** This machine's address in it. */
  readonly gateway: string;
  readonly bootId: string;
}

const UP_TIMEOUT_MS = 30_000;
const EXISTS = 17;
const TAKEN = 75;
/** So long a part of a run stays after its owner's death: time enough to go on with the run by `--resume`. */
const ORPHAN_SECONDS = 60;

/**
 * Makes the private network of a run. Hosts on it talk freely among themselves, this machine reaches their port 22 and
 * nothing else, and they reach nothing outside. Where this throws, nothing of it is left.
 * @throws USAGE, NETWORK_TAKEN, TARGET_UNAVAILABLE, or the signal's reason
 */
export async function createLocalNetwork(spec: LocalNetworkSpec, signal: AbortSignal): Promise<LocalNetwork> {
  const part = requirePart(spec.runId, NETWORK_ROLE);
  if (spec.subnet !== undefined) prefixOfSubnet(spec.subnet);
  const here = await currentPidSpace();
  const known = await knownNetworks(signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new RehearsalError(
      'TARGET_UNAVAILABLE',
      `cannot read this machine's routes: ${asError(cause).message}`,
      {
        hint: 'install iproute2',
        cause,
      },
    );
  });
  let taken = 'none of the private subnets';
  for (const subnet of spec.subnet === undefined ? candidateSubnets(spec.runId) : [spec.subnet]) {
    const other = takenBy(subnet, known);
    if (other === undefined && (await makeNetwork(part, spec, { subnet, here }, signal))) {
      const gateway = `${prefixOfSubnet(subnet)}.1`;
      const { runId, expiresAt } = spec;
      return { runId, expiresAt, bridge: linkOf(runId), subnet, gateway, bootId: here.bootId };
    }
    taken = `the subnet ${subnet} (${other ?? 'another rehearsal has it'})`;
  }
  throw new RehearsalError('NETWORK_TAKEN', `this machine already uses ${taken}`, {
    hint: 'name a free /24 as subnet, or none and one is chosen; ip route shows what is used',
  });
}

/** False where another run took the subnet a moment earlier. */
async function makeNetwork(
  part: Part,
  spec: LocalNetworkSpec,
  { subnet, here }: { readonly subnet: string; readonly here: PidSpace },
  signal: AbortSignal,
): Promise<boolean> {
  const gateway = `${prefixOfSubnet(subnet)}.1`;
  const owner = ownerText(spec.controller, here);
  const expires = epochSeconds(spec.expiresAt);
  const variables = variablesOf(part);
  let exitCode: number | undefined;
  try {
    const script = scriptWith(
      {
        ...variables,
        SUBNET: subnet,
        GATEWAY: gateway,
        OWNER: owner,
        EXPIRES: expires,
        ALIAS: aliasOf(spec.runId, expires, false, owner),
        KEEPER: keeperScript(part, spec.orphanSeconds),
        FROM_MACHINE: filterFromMachine(),
        TO_MACHINE: filterToMachine(gateway),
      },
      'claims',
      'cgroups',
      'common',
      'network-up',
    );
    const end = await runAsRoot(script, { timeoutMs: UP_TIMEOUT_MS, signal });
    exitCode = end.exitCode;
    if (exitCode === 0) return true;
    if (exitCode !== TAKEN) throw failure(part, end.complaint);
  } catch (error) {
    if (exitCode !== EXISTS) await removePart(part);
    throw error;
  }
  await removePart(part);
  return false;
}

/** What keeps a part of a run to its expiry and its owner's life; it holds no secrets. */
export function keeperScript(part: Part, orphanSeconds = ORPHAN_SECONDS): string {
  const variables = { ...variablesOf(part), ORPHAN_SECONDS: orphanSeconds };
  return scriptWith(variables, 'claims', 'cgroups', 'common', 'keeper');
}

function failure({ runId }: Part, complaint: string): RehearsalError {
  return new RehearsalError(
    'TARGET_UNAVAILABLE',
    `cannot make the private network of run ${runId}: ${complaint}`,
    {
      hint: 'rehearse doctor says what this machine lacks, rehearse reap --execute removes what earlier runs left',
    },
  );
}

/** False once it has expired, was removed, or the machine was started anew. */
export async function localNetworkAlive({ runId, bridge, bootId }: LocalNetwork): Promise<boolean> {
  if ((await currentPidSpace()).bootId !== bootId) return false;
  const paths = [`/sys/class/net/${bridge}`, `/run/netns/${netnsOf({ runId, role: NETWORK_ROLE })}`];
  const found = await Promise.all(paths.map((path) => isThere(path)));
  return found.every(Boolean);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** By name, whatever of it is there; a network that is gone is no error. Its hosts lose their connection. */
export async function removeLocalNetwork(runId: string): Promise<void> {
  await removePart(requirePart(runId, NETWORK_ROLE));
}
