import { availableParallelism, totalmem } from 'node:os';
import { z } from 'zod';
import { plural } from '../../../scripts/shared/text/format.ts';
import type { HostSpec } from '../../../scripts/plan/model.ts';
import type { Capacity, HostTarget } from '../../contract/hosts.ts';
import type { Availability, EnvironmentSpec, Leftover, Look, NotOurs } from '../../contract/target.ts';
import { findBinaries } from '../../postgres/binaries.ts';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { localAvailability } from './availability.ts';
import { localNotOurs } from './parts/not-ours.ts';
import { localHostAlive, removeLocalHost } from './host.ts';
import { adoptLocalHosts, keepLocalHosts } from './keep.ts';
import { localLeftovers } from './leftovers.ts';
import { memoryKills } from './memory-kills.ts';
import { localSoftware } from './local-software.ts';
import { findParts } from './parts/find-parts.ts';
import { NETWORK_ROLE } from './parts/part-names.ts';
import { removeLocalNetwork } from './network/network.ts';

/** What a host may take where nobody says: hosts share this machine with each other and with the user. */
const SHARE_OF_MEMORY = 1 / 4;
const MOST_MEMORY_BYTES = 4 * 1024 ** 3;

const REACHED_BY_COMMANDS =
  'this machine’s software (read only), what the driver host holds, and over the network the hosts of the run (PostgreSQL and sshd on them); no other address, and no socket of this machine';

const identitySchema = z.object({
  runId: z.string(),
  role: z.string(),
  address: z.string(),
  hostKey: z.string(),
  pid: z.int(),
  startTime: z.string(),
  bootId: z.string(),
  notes: z.array(z.string()),
});

/** Hosts of namespaces on this machine. */
export const localHostTarget: HostTarget = {
  name: 'local',
  keeps: true,

  async available(): Promise<Availability> {
    const machine = await localAvailability();
    if (!machine.available) return machine;
    try {
      const { version } = await findBinaries({});
      return { available: true, detail: `PostgreSQL ${version} on hosts of this machine` };
    } catch (error) {
      if (!(error instanceof RehearsalError)) throw error;
      return { available: false, why: error.message, remedy: error.hint ?? '' };
    }
  },

  places: () => ({ run: '/var/lib/rehearse', postgres: '/var/lib/postgresql' }),
  // Its hosts have no rights on this kernel.
  tracing: (identity) => `/proc/${identitySchema.parse(JSON.parse(identity)).pid}/root`,
  maker: async () => (await import('./local-host-maker.ts')).localHostMaker,
  software: localSoftware,

  capacity({ cpu, memoryBytes }: HostSpec): Capacity {
    return {
      cpus: cpu ?? availableParallelism(),
      memoryBytes: memoryBytes ?? Math.min(totalmem() * SHARE_OF_MEMORY, MOST_MEMORY_BYTES),
    };
  },

  limits({ hosts }: EnvironmentSpec): string[] {
    const classes = Object.entries(hosts).filter(([, host]) => host.class !== undefined);
    return [
      `The hosts were parts of this machine: they shared its ${plural(availableParallelism(), 'CPU')}, its disk and its cache with whatever else ran here.`,
      'The SQL under rehearsal could reach, as the user postgres of its host: this machine’s software (read only), what its host holds, and the other hosts of the run; no other files, processes or networks.',
      'Locks and query plans carry over to production; durations that come from hardware and disk do not.',
      ...(classes.length > 0
        ? [
            `The class of ${classes.map(([role]) => role).join(', ')} under hosts was not applied: nothing is rented.`,
          ]
        : []),
    ];
  },

  commandReach: {
    open: REACHED_BY_COMMANDS,
    rehearsedOnly: REACHED_BY_COMMANDS,
  },

  alive: (identity) => localHostAlive(identitySchema.parse(JSON.parse(identity))),
  memoryKills: (identity) => memoryKills(identitySchema.parse(JSON.parse(identity))),
  keep: keepLocalHosts,
  adopt: adoptLocalHosts,

  async removeRun(runId: string): Promise<void> {
    const roles = await rolesOf(runId);
    const removed = await Promise.allSettled(roles.map((role) => removeLocalHost(runId, role)));
    await removeLocalNetwork(runId);
    for (const one of removed) if (one.status === 'rejected') throw one.reason;
  },

  async leftovers(): Promise<Look<Leftover>> {
    return { found: await localLeftovers(), unseen: [] };
  },

  async notOurs(): Promise<Look<NotOurs>> {
    return { found: await localNotOurs(), unseen: [] };
  },

  /** Nothing is rented. */
  price: () => Promise.resolve(undefined),
};

/** The usual ones, found or not, and what else was made. */
async function rolesOf(runId: string): Promise<string[]> {
  const parts = (await findParts()).filter((part) => part.runId === runId);
  const found = parts.map(({ role }) => role).filter((role) => role !== NETWORK_ROLE);
  return [...new Set(['primary', 'standby', 'driver', ...found])];
}
