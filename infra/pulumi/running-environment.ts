import { driverPaths } from '../components/driver-paths.ts';
import { DATABASE, SUPERUSER } from '../postgres/names.ts';
import { reloadableRestoreSettings, standbyRefusals } from '../components/server-config.ts';
import { isDriver } from '../../scripts/plan/schema/driver-hosts.ts';
import { RehearsalError } from '../../scripts/shared/errors.ts';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';
import type { EnvironmentPlan } from '../environment-plan.ts';
import type { HostOutput } from '../environment-stack.ts';
import { refusedSettings } from '../postgres/server-settings.ts';
import type { SshAccess } from '../ssh/access.ts';
import type { HostRole, HostTarget, Jump } from '../contract/hosts.ts';
import type { DriverAccess, DriverEnvironment, EnvironmentSpec, HourlyPrice } from '../contract/target.ts';
import type { Engine } from './engine/find-engine.ts';
import type { SessionFolder } from './session-folder.ts';
import { sshCommand } from './ssh-files.ts';

const STAND_IN =
  'The hosts were set up by this project’s stand-in for the plugin of @pulumi/command, which is not installed.';

export interface EnvironmentFacts {
  readonly spec: EnvironmentSpec;
  readonly target: HostTarget;
  readonly folder: SessionFolder;
  readonly plan: EnvironmentPlan;
  readonly hosts: readonly HostOutput[];
  /** By kind. */
  readonly created: Readonly<Record<string, number>>;
  readonly engine: Engine;
  readonly failed: AbortSignal;
  /** As in the environment. */
  readonly price: HourlyPrice | undefined;
}

/** What the rest of the house needs to know of an environment that is up. */
export function runningEnvironment(facts: EnvironmentFacts): DriverEnvironment {
  const { target, folder, plan, hosts, created, engine, failed, price } = facts;
  const standby = hosts.find(({ role }) => role === 'standby');
  return {
    engine: 'driver',
    hosts: hosts.length,
    hostInfo: hosts.map((host) => ({
      role: host.role,
      address: host.address,
      sshCommand: sshCommand(folder, host),
    })),
    driver: driverAccess(plan, hostOf(hosts, 'driver')),
    otherDrivers: hosts
      .filter(({ role }) => isDriver(role) && role !== 'driver')
      .map((host) => ({ role: host.role, address: host.address, access: driverAccess(plan, host) })),
    created,
    madeBy: `Pulumi ${engine.pulumi.version}`,
    primary: endpoint(plan, hostOf(hosts, 'primary')),
    standby: standby === undefined ? null : endpoint(plan, standby),
    scratchDir: folder.scratch,
    limits: limitsOf(facts),
    enclose: null,
    commandReach: target.commandReach,
    restoreSettings: reloadableRestoreSettings(
      plan.software.postgres.major,
      target.capacity(plan.sizes.primary),
    ),
    failed,
    ...(price && { price }),
  };
}

function driverAccess(plan: EnvironmentPlan, { reach }: HostOutput): DriverAccess {
  const { privateKey } = plan.keys;
  const { jump, ...way } = reach;
  const { bundle, job } = driverPaths(plan.places);
  const access = ({ user, login, ...rest }: Jump): SshAccess => ({
    ...rest,
    username: user,
    ...(login === undefined ? { privateKey } : { agent: login.agent }),
  });
  return {
    ssh: { ...access(way), ...(jump === null ? {} : { jump: access(jump) }) },
    nodePath: plan.software.nodePath,
    bundlePath: bundle,
    dir: job,
  };
}

function endpoint(plan: EnvironmentPlan, { address }: HostOutput): PgEndpoint {
  const { superuser } = plan.passwords;
  return { host: address, port: plan.port, user: SUPERUSER, password: superuser, database: DATABASE };
}

/** @throws ENGINE_FAILED */
function hostOf(hosts: readonly HostOutput[], role: HostRole): HostOutput {
  const host = hosts.find((one) => one.role === role);
  if (host) return host;
  throw new RehearsalError('ENGINE_FAILED', `the stack tells of no ${role} host`, {
    hint: 'rehearse reap --execute removes it; then start again',
  });
}

function limitsOf({ spec, target, hosts, engine }: EnvironmentFacts): string[] {
  const { postgres } = spec;
  const refused = refusedSettings(postgres.settings);
  const replaced = standbyRefusals(postgres);
  return [
    ...target.limits(spec),
    'Text sorts as in the locale C.UTF-8, so plans for LIKE and ORDER BY on text may differ from production.',
    ...hosts.flatMap(({ role, notes }) => notes.map((note) => `Host ${role}: ${note}`)),
    ...(engine.command.kind === 'stand-in' ? [STAND_IN] : []),
    ...(refused.length > 0
      ? [`Settings that the environment decides by itself were left out: ${refused.join(', ')}.`]
      : []),
    ...(replaced.length > 0
      ? [`Settings that cannot stand beside a standby were left out: ${replaced.join(', ')}.`]
      : []),
  ];
}
