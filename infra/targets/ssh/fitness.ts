import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { formatBytes, plural } from '../../../scripts/shared/text/format.ts';
import type { PostgresSpec } from '../../../scripts/plan/model.ts';
import type { HostSoftware } from '../../contract/hosts.ts';
import type { ForeignServer, HostFacts } from './look.ts';

/** A server that takes more of a CPU, or has as many clients, is in use: somebody would feel a rehearsal beside it. */
const BUSY_CPU_SHARE = 0.05;
const BUSY_CLIENTS = 5;
const LEAST_NODE = [20, 19] as const;
/** Below what kernels hand out by themselves, and above what services are known by. */
const FIRST_PORT = 25_432;
const PORTS = 100;

export function isBusy({ cpuShare, clients }: ForeignServer): boolean {
  return cpuShare >= BUSY_CPU_SHARE || clients >= BUSY_CLIENTS;
}

/** `PostgreSQL in /var/lib/postgresql/16/main (port 5432, 12 clients, 34 % of a CPU)` */
function serverText({ dataDir, port, clients, cpuShare }: ForeignServer): string {
  const where = port === 0 ? '' : `port ${port}, `;
  return `PostgreSQL in ${dataDir} (${where}${plural(clients, 'client')}, ${Math.round(cpuShare * 100)} % of a CPU)`;
}

/** @throws TARGET_UNAVAILABLE where a PostgreSQL on one of the hosts is in use and nobody has said that this is meant */
export function requireQuiet(facts: readonly HostFacts[], besideProduction: boolean): void {
  if (besideProduction) return;
  const busy = facts.flatMap(({ host, servers }) =>
    servers
      .filter(isBusy)
      .map((server) => `on the ${host.role} host ${host.name} runs a ${serverText(server)}`),
  );
  if (busy.length === 0) return;
  throw new RehearsalError('TARGET_UNAVAILABLE', `this looks like production: ${busy.join('; ')}`, {
    hint: 'name another host; or, where the rehearsal may disturb what runs there, say targets: { ssh: { besideProduction: true } }',
  });
}

/** What the hosts offer for this rehearsal. @throws TARGET_UNAVAILABLE, POSTGRES_NOT_FOUND with everything that is missing */
export function softwareOn(
  facts: readonly HostFacts[],
  { version, packages = [] }: Pick<PostgresSpec, 'version' | 'packages'>,
): HostSoftware {
  const servers = facts.filter(({ host }) => host.role !== 'driver');
  const runners = facts.filter(({ host }) => host.role !== 'primary');
  const missing = [
    ...runners.flatMap(whyNoNode),
    ...servers.flatMap((one) => whyNoPostgres(one, version)),
    ...servers.flatMap((one) => whyNoPackages(one, packages)),
  ];
  const [first, ...others] = servers;
  const node = runners.find(({ host }) => host.role === 'driver')?.node;
  const wanted = (first?.postgres ?? []).filter(
    (one) => version === undefined || majorOf(one.version) === version,
  );
  const shared = wanted
    .filter(({ binDir }) => others.every((one) => one.postgres.some((each) => each.binDir === binDir)))
    .sort((one, other) => majorOf(other.version) - majorOf(one.version));
  const [chosen] = shared;
  if (missing.length === 0 && chosen === undefined)
    missing.push('primary and standby have no PostgreSQL in the same folder');
  if (runners.some((one) => one.node?.path !== node?.path))
    missing.push('driver and standby have Node.js in different places');
  if (missing.length > 0 || chosen === undefined || node === undefined) {
    throw new RehearsalError('POSTGRES_NOT_FOUND', missing.join('; '), {
      hint: 'install it there, or name its folder: targets.ssh.binDir, targets.ssh.node',
    });
  }
  const postgres = { ...chosen, major: majorOf(chosen.version) };
  return { nodePath: node.path, postgres, share: [] };
}

function whyNoNode({ host, node }: HostFacts): string[] {
  const [major = 0, minor = 0] = (node?.version ?? '').replace(/^v/, '').split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return [];
  const found = node === undefined ? 'none' : `${node.path} ${node.version}`;
  return [
    `the ${host.role} host ${host.name} needs Node.js ${LEAST_NODE.join('.')} or newer and has ${found}`,
  ];
}

function whyNoPostgres({ host, postgres }: HostFacts, version: number | undefined): string[] {
  const fits = postgres.some((one) => version === undefined || majorOf(one.version) === version);
  if (fits) return [];
  const found = postgres.map((one) => `${one.version} in ${one.binDir}`).join(', ') || 'none';
  const wanted = version === undefined ? 'a PostgreSQL' : `PostgreSQL ${version}`;
  return [`the ${host.role} host ${host.name} needs ${wanted} and has ${found}`];
}

/** Nothing is installed on hosts of the user's. */
function whyNoPackages({ host, packages: installed }: HostFacts, packages: readonly string[]): string[] {
  const missing = packages.filter((name) => !installed.has(name));
  return missing.length === 0
    ? []
    : [`the ${host.role} host ${host.name} lacks ${missing.join(', ')} of postgres.packages`];
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}

/** Nobody listens there, on any host with a server. @throws TARGET_UNAVAILABLE where all are taken */
export function freePortOn(facts: readonly HostFacts[]): number {
  const taken = new Set(facts.flatMap(({ portsTaken }) => [...portsTaken]));
  const free = Array.from({ length: PORTS }, (_, index) => FIRST_PORT + index).find(
    (port) => !taken.has(port),
  );
  if (free !== undefined) return free;
  throw new RehearsalError('TARGET_UNAVAILABLE', `the hosts have no free port from ${FIRST_PORT} on`, {
    hint: 'name one: postgres.port',
  });
}

/** For the report: which machine it is, and what else it had to do. */
export function notesOf({ name, system, cpus, cpuModel, memoryBytes, load, servers }: HostFacts): string[] {
  const model = cpuModel === '' ? '' : ` (${cpuModel})`;
  const about = `${name}, ${system === '' ? 'Linux' : system}, ${plural(cpus, 'CPU')}${model}, ${formatBytes(memoryBytes)} of memory.`;
  const beside = servers.map((server) => `Beside it ran a ${serverText(server)}.`);
  return [about, `Its load was ${load} before the run (over 1, 5 and 15 minutes).`, ...beside];
}
