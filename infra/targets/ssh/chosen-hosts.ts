import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { driverCount } from '../../../scripts/plan/schema/driver-hosts.ts';
import type { HostSpec } from '../../../scripts/plan/model.ts';
import type { SshSettings } from '../../../scripts/plan/schema/targets/ssh.ts';
import type { Capacity, HostSoftware } from '../../contract/hosts.ts';
import type { EnvironmentSpec } from '../../contract/target.ts';
import { freePortOn, requireQuiet, softwareOn } from './fitness.ts';
import { lookAtHost, type HostFacts } from './look.ts';
import { ownHosts } from './own-hosts.ts';
import { noteOf, writeNote } from './run-note.ts';

const LOOK_MS = 60_000;
/** A server beside others takes no more of what is free than this. */
const SHARE_OF_FREE = 1 / 2;

/** The hosts that a run has chosen, as they were before it. */
export class ChosenHosts {
  readonly #settings: SshSettings | undefined;
  facts: readonly HostFacts[] = [];
  /** Where the run's server listens; 0 until that is known. */
  port = 0;

  constructor(settings: SshSettings | undefined) {
    this.#settings = settings;
  }

  /** Looks at all of them. @param runId for which run; undefined = only to see whether they fit */
  async look(runId?: string): Promise<{ facts: readonly HostFacts[]; settings: SshSettings }> {
    const settings = this.#settings;
    if (settings === undefined) throw noHosts();
    const signal = AbortSignal.timeout(LOOK_MS);
    const hosts = await ownHosts(settings, runId);
    const facts = await Promise.all(hosts.map((host) => lookAtHost(host, settings, signal)));
    return { facts, settings };
  }

  /** Chooses for a run. @throws TARGET_UNAVAILABLE, POSTGRES_NOT_FOUND, HOST_UNREACHABLE */
  async choose({ runId, postgres, hosts }: EnvironmentSpec, folder: string): Promise<HostSoftware> {
    requireOneDriver(hosts);
    const { facts, settings } = await this.look(runId);
    const needed = facts.filter(({ host }) => postgres.standby || host.role !== 'standby');
    requireQuiet(needed, settings.besideProduction);
    const software = softwareOn(needed, postgres);
    this.port = (await noteOf(runId))?.port ?? postgres.port ?? freePortOn(needed);
    // Before anything is done on them: whoever removes it has to know where.
    await writeNote(folder, { settings, port: this.port });
    this.facts = needed;
    return software;
  }

  /** Of the smaller of the hosts with a server, by what is free there. */
  capacity({ cpu, memoryBytes }: HostSpec): Capacity {
    const servers = this.facts.filter(({ host }) => host.role !== 'driver');
    const free = Math.min(...servers.map(({ availableBytes }) => availableBytes * SHARE_OF_FREE));
    return { cpus: cpu ?? Math.min(...servers.map(({ cpus }) => cpus)), memoryBytes: memoryBytes ?? free };
  }
}

/** @throws TARGET_UNAVAILABLE where more are asked for than `targets.ssh.hosts` can name */
function requireOneDriver(hosts: EnvironmentSpec['hosts']): void {
  const count = driverCount({ hosts });
  if (count === 1) return;
  throw new RehearsalError(
    'TARGET_UNAVAILABLE',
    `hosts.driver.count is ${count}, and target ssh has one driver host`,
    {
      hint: 'leave hosts.driver.count out, or rehearse on local or rented hosts',
    },
  );
}

function noHosts(): RehearsalError {
  return new RehearsalError('TARGET_UNAVAILABLE', 'no hosts are named', {
    hint: 'write targets: { ssh: { hosts: { primary: { address: … }, driver: { address: … } } } } in rehearsal.yaml or rehearsals/settings.yaml (docs/hosts.md)',
  });
}
