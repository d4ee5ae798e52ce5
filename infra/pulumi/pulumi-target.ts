import { RehearsalError } from '../../scripts/shared/errors.ts';
import type { HostTarget } from '../contract/hosts.ts';
import type {
  Availability,
  DriverEnvironment,
  Environment,
  EnvironmentSpec,
  Leftover,
  Look,
  NotOurs,
  Target,
} from '../contract/target.ts';
import { findEngine } from './engine/find-engine.ts';
import { lentTarget } from './lent/lent-target.ts';
import { PulumiEnvironment } from './pulumi-environment.ts';
import { sessionLeftovers, sessionsNotOurs } from './session-leftovers.ts';

/** A target whose hosts are made by Pulumi, of what makes the hosts. */
export function pulumiTarget(hosts: HostTarget): Target<DriverEnvironment> {
  const target: Target<DriverEnvironment> = {
    name: hosts.name,
    ...(hosts.keeps === undefined ? {} : { keeps: hosts.keeps }),
    ...(hosts.onlyByName === undefined ? {} : { onlyByName: hosts.onlyByName }),
    ...(hosts.lifeMs === undefined ? {} : { lifeMs: hosts.lifeMs }),
    ...(hosts.patience === undefined ? {} : { removalMs: 3 * hosts.patience.destroyMs }),

    async available(): Promise<Availability> {
      const found = await hosts.available();
      if (!found.available) return found;
      const engine = await findEngine();
      if ('missing' in engine) return { available: false, why: engine.missing, remedy: engine.remedy };
      return { available: true, detail: `${found.detail}, made by Pulumi ${engine.pulumi.version}` };
    },

    /** By the network of its hosts, which ends at them. */
    confines: () =>
      Promise.resolve(
        hosts.notConfined ?? { available: true, detail: 'the driver host reaches the hosts of the run' },
      ),

    environment: (spec: EnvironmentSpec): Environment<DriverEnvironment> =>
      new PulumiEnvironment(hosts.fitted?.(spec) ?? spec, hosts),

    async leftovers(signal: AbortSignal): Promise<Look<Leftover>> {
      // What this machine has of its runs is known, whatever the hosts' own place says.
      const [there, here] = await Promise.all([hostsOf(hosts, signal), sessionLeftovers(hosts)]);
      return { found: [...there.found, ...here], unseen: there.unseen };
    },

    async notOurs(signal: AbortSignal): Promise<Look<NotOurs>> {
      const [there, here] = await Promise.all([hosts.notOurs(signal), sessionsNotOurs()]);
      return { found: [...there.found, ...here], unseen: there.unseen };
    },

    price: (spec) => hosts.price(spec),
  };
  // Hosts of the user's own need no boot that could be shared.
  return hosts.outlives ? target : { ...target, lent: (id) => lentTarget(target, hosts, id) };
}

async function hostsOf(hosts: HostTarget, signal: AbortSignal): Promise<Look<Leftover>> {
  try {
    return await hosts.leftovers(signal);
  } catch (error) {
    if (!(error instanceof RehearsalError)) throw error;
    return { found: [], unseen: [{ target: hosts.name, why: error.message }] };
  }
}
