import { driverCount } from '../scripts/plan/schema/driver-hosts.ts';
import type { HostSpec } from '../scripts/plan/model.ts';
import { POSTGRES_PORT, serverConfig } from './components/server-config.ts';
import { POSTGRES_USER } from './postgres/names.ts';
import type { HostPlaces, HostSoftware, HostTarget, Owner } from './contract/hosts.ts';
import type { EnvironmentSpec } from './contract/target.ts';

/** All that the program of an environment is told: plain values, the same whenever the same run asks again. */
export interface EnvironmentPlan {
  readonly owner: Owner;
  readonly software: HostSoftware;
  readonly sizes: Readonly<Record<'primary' | 'standby' | 'driver', HostSpec>>;
  /** As in `EnvironmentSpec`; 1 = the first. */
  readonly lap: number;
  /** How many hosts of the driver's size there are. */
  readonly drivers: number;
  readonly port: number;
  /** Of each host. */
  readonly places: HostPlaces;
  /** One line, for whoever finds those places: whose they are and until when. */
  readonly claim: string;
  /** Made on the hosts of a server by the preparation, unless it is `postgres`. */
  readonly serverUser: string;
  /** The hosts are there before and after the stack. */
  readonly outlives: boolean;
  /** The run's folders are made on them before anything else. */
  readonly prepares: boolean;
  /** From where the waits of the primary's server are traced; null = they are not. */
  readonly tracing: 'host' | 'here' | null;
  /** postgresql.conf of each server. */
  readonly configs: { readonly primary: string; readonly standby: string };
  /** Path on this machine of the tool that makes a standby; null where there is none. */
  readonly standby: { readonly tool: string } | null;
  /** Path on this machine of the engine as one file. */
  readonly bundle: string;
  readonly keys: RunKeys;
  readonly passwords: RunPasswords;
}

/** The key pair of the run, both halves in OpenSSH format. */
export interface RunKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

export interface RunPasswords {
  readonly superuser: string;
  readonly replication: string;
}

/** @throws CONFIG_INVALID where a host is too small for its server */
export function planEnvironment(
  spec: EnvironmentSpec,
  facts: Pick<
    EnvironmentPlan,
    'software' | 'standby' | 'bundle' | 'keys' | 'passwords' | 'owner' | 'claim'
  > & {
    readonly target: HostTarget;
  },
): EnvironmentPlan {
  const { target, ...rest } = facts;
  const { connections } = spec;
  const port = spec.postgres.port ?? target.port?.() ?? POSTGRES_PORT;
  const postgres = { ...spec.postgres, port };
  const sizeOf = (role: keyof EnvironmentPlan['sizes']): HostSpec => spec.hosts[role] ?? {};
  const sizes = { primary: sizeOf('primary'), standby: sizeOf('standby'), driver: sizeOf('driver') };
  const configOf = (role: 'primary' | 'standby'): string =>
    serverConfig(postgres, {
      capacity: target.capacity(sizes[role]),
      connections,
      statistics: facts.software.postgres.statistics,
    });
  const { tracing } = target;
  return {
    ...rest,
    tracing: typeof tracing === 'function' ? 'here' : (tracing ?? null),
    sizes,
    lap: spec.lap ?? 1,
    drivers: driverCount(spec),
    port,
    serverUser: target.serverUser?.(spec.runId) ?? POSTGRES_USER,
    places: target.places(spec.runId),
    outlives: target.outlives === true,
    prepares: target.outlives === true || target.sudo === true || facts.software.install !== undefined,
    configs: { primary: configOf('primary'), standby: postgres.standby ? configOf('standby') : '' },
  };
}
