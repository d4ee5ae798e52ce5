import { all, type Output } from '@pulumi/pulumi';
import { Provider } from '@pulumi/command';
import { driverRoles, isDriver } from '../scripts/plan/schema/driver-hosts.ts';
import { Driver } from './components/driver.ts';
import { Host } from './components/host.ts';
import { PostgresServer } from './components/postgres-server.ts';
import { PrivateNetwork } from './components/private-network.ts';
import { Standby } from './components/standby.ts';
import { WaitTracer } from './components/wait-tracer.ts';
import { POSTGRES_USER } from './postgres/names.ts';
import type { EnvironmentPlan } from './environment-plan.ts';
import type { Created, HostMaker, HostRole, Reach } from './contract/hosts.ts';

/** One host as the stack's outputs tell it. */
export interface HostOutput {
  readonly role: HostRole;
  readonly address: string;
  readonly reach: Reach;
  readonly notes: readonly string[];
  readonly identity: string;
}

/** What the stack tells when it is up. */
export interface StackOutputs {
  readonly hosts: readonly HostOutput[];
  /** By kind, such as `{ host: 3, network: 1 }`. */
  readonly created: Readonly<Record<string, number>>;
}

/** The program of one temporary environment: a network, its hosts, and what runs on them. */
export function environmentProgram(
  plan: EnvironmentPlan,
  maker: HostMaker,
): () => Promise<{ hosts: Output<HostOutput[]>; created: StackOutputs['created'] }> {
  return () => {
    const { owner, software, port, passwords, standby: withStandby } = plan;
    // Named here, so that its plugin starts while the hosts are being made and not after.
    const commands = new Provider('commands');
    const network = new PrivateNetwork('network', { owner, maker });
    const hostOf = (role: HostRole): Host =>
      new Host(role, {
        owner,
        role,
        maker,
        commands,
        network,
        share: software.share,
        software,
        places: plan.places,
        outlives: plan.outlives,
        prepares: plan.prepares,
        claim: plan.claim,
        serverUser: isDriver(role) ? POSTGRES_USER : plan.serverUser,
        lap: plan.lap,
        size: plan.sizes[isDriver(role) ? 'driver' : role],
        authorizedKey: plan.keys.publicKey,
        privateKey: plan.keys.privateKey,
      });
    const primary = hostOf('primary');
    const standby = withStandby ? hostOf('standby') : null;
    const drivers = driverRoles(plan.drivers).map(hostOf);
    const server = new PostgresServer('postgres', {
      host: primary,
      software,
      port,
      subnet: network.subnet,
      passwords,
      serverUser: plan.serverUser,
      config: plan.configs.primary,
      standbyAddress: standby === null ? null : standby.address,
    });
    if (withStandby && standby !== null) {
      new Standby('replica', {
        host: standby,
        primary,
        server,
        software,
        port,
        tool: withStandby.tool,
        config: plan.configs.standby,
        serverUser: plan.serverUser,
        replicationPassword: passwords.replication,
      });
    }
    traceWaits(plan, primary, server);
    putEngines(plan, drivers, { primary, server });
    const hosts = [primary, ...(standby === null ? [] : [standby]), ...drivers];
    const created = sumOf([network.made.created, ...hosts.map((host) => host.created)]);
    return Promise.resolve({ hosts: all(hosts.map(hostOutput)), created });
  };
}

/** The first one's resource is called as where it is the only one. */
function putEngines(
  { software, port, bundle }: EnvironmentPlan,
  drivers: readonly Host[],
  { primary, server }: { readonly primary: Host; readonly server: PostgresServer },
): void {
  for (const [index, host] of drivers.entries()) {
    const name = index === 0 ? 'engine' : `engine-${index + 1}`;
    new Driver(name, { host, primary, server, software, port, bundle });
  }
}

function traceWaits(
  { tracing, software, bundle }: EnvironmentPlan,
  host: Host,
  server: PostgresServer,
): void {
  if (tracing === null) return;
  new WaitTracer('waits', { host, server, software, program: tracing === 'host' ? bundle : null });
}

function hostOutput(host: Host): Output<HostOutput> {
  const { address, reach, notes, identity } = host;
  return all([address, reach, notes, identity]).apply(([at, way, said, who]) => ({
    role: host.role,
    address: at,
    reach: way,
    notes: said,
    identity: who,
  }));
}

function sumOf(counts: readonly Created[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [kind, count] of counts.flatMap((one) => Object.entries(one)))
    sum[kind] = (sum[kind] ?? 0) + count;
  return sum;
}
