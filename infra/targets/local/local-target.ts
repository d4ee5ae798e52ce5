import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { findEngine } from '../../pulumi/engine/find-engine.ts';
import { PulumiEnvironment } from '../../pulumi/pulumi-environment.ts';
import { sessionLeftovers, sessionsNotOurs } from '../../pulumi/session-leftovers.ts';
import { findBinaries } from '../embedded/programs/binaries.ts';
import type {
  Availability,
  Environment,
  EnvironmentSpec,
  Leftover,
  Look,
  NotOurs,
  Target,
} from '../target.ts';
import { localAvailability } from './availability.ts';
import { localLeftovers } from './leftovers.ts';
import { localNotOurs } from './parts/not-ours.ts';
import { localHostTarget } from './local-host-target.ts';

const { name } = localHostTarget;

/** Temporary Linux hosts of namespaces on this machine, made by Pulumi: own addresses, own SSH, own limits. */
export const localTarget: Target = {
  name,
  keeps: true,

  async available(): Promise<Availability> {
    const machine = await localAvailability();
    if (!machine.available) return machine;
    const engine = await findEngine();
    if ('missing' in engine) return { available: false, why: engine.missing, remedy: engine.remedy };
    try {
      const { version } = await findBinaries({});
      const detail = `PostgreSQL ${version} on hosts of this machine, made by Pulumi ${engine.pulumi.version}`;
      return { available: true, detail };
    } catch (error) {
      if (!(error instanceof RehearsalError)) throw error;
      return { available: false, why: error.message, remedy: error.hint ?? '' };
    }
  },

  /** By the network of its hosts, which ends at them. */
  confines: () =>
    Promise.resolve({ available: true, detail: 'the driver host reaches the hosts of the run' }),

  environment(spec: EnvironmentSpec): Environment {
    return new PulumiEnvironment(spec, localHostTarget);
  },

  async leftovers(): Promise<Look<Leftover>> {
    return { found: [...(await localLeftovers()), ...(await sessionLeftovers(localHostTarget))], unseen: [] };
  },

  async notOurs(): Promise<Look<NotOurs>> {
    return { found: [...(await localNotOurs()), ...(await sessionsNotOurs())], unseen: [] };
  },

  /** Nothing is rented. */
  price: () => Promise.resolve(undefined),
};
