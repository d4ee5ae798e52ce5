import { z } from 'zod';
import { RehearsalError } from '../../../scripts/shared/errors.ts';
import { plural } from '../../../scripts/shared/text/format.ts';
import type { SshSettings } from '../../../scripts/plan/schema/targets/ssh.ts';
import type { HostTarget } from '../../contract/hosts.ts';
import type { Availability, EnvironmentSpec } from '../../contract/target.ts';
import { ChosenHosts } from './chosen-hosts.ts';
import { requireQuiet } from './fitness.ts';
import { HostWatch } from './host-watch.ts';
import { ownHosts } from './own-hosts.ts';
import { placesIn, serverUserOf } from './places.ts';
import { noteOf, notedSettings } from './run-note.ts';
import { sshLeftovers, sshNotOurs, TARGET, undoOn } from './ssh-leftovers.ts';

const identitySchema = z.object({ role: z.string(), bootId: z.string() });

const COMMANDS = {
  commandReach: {
    open: 'everything that the driver host can reach as the user who logs in there',
    rehearsedOnly: 'nothing else',
  },
  notConfined: {
    available: false,
    why: 'the driver host is the user’s own, and commands on it reach what it reaches',
    remedy: 'rehearse on target local or embedded, which can hold commands to the rehearsed database',
  },
} as const;

/** Hosts of one's own, over SSH. @param settings undefined = none are named, and only what runs have left is looked for */
export function sshHostTarget(settings: SshSettings | undefined): HostTarget {
  const chosen = new ChosenHosts(settings);
  const watch = new HostWatch();
  const everywhere = async (): Promise<SshSettings[]> => [
    ...(settings === undefined ? [] : [settings]),
    ...(await notedSettings()),
  ];
  return {
    name: TARGET,
    onlyByName: true,
    outlives: true,
    sudo: true,
    ...COMMANDS,
    available: () => availability(chosen),
    fitted: (spec) => (settings?.hosts.standby ? spec : withoutStandby(spec)),
    places: (runId) => placesIn(settings?.folder ?? '', runId),
    serverUser: serverUserOf,
    port: () => chosen.port,
    software: (spec, folder) => chosen.choose(spec, folder),
    maker: async () => (await import('./ssh-host-maker.ts')).sshHostMaker(chosen.facts),
    capacity: (size) => chosen.capacity(size),
    limits: (spec) => limitsOf(spec, chosen, settings),

    alive(identity) {
      const { role, bootId } = identitySchema.parse(JSON.parse(identity));
      const found = chosen.facts.find(({ host }) => host.role === role);
      return found === undefined ? Promise.resolve(true) : watch.isUp(found.host, bootId);
    },

    keep: () => Promise.reject(cannotKeep()),
    adopt: () => Promise.reject(cannotKeep()),
    removeRun: async (runId) => removeRun(runId, (await noteOf(runId))?.settings ?? settings),
    leftovers: async (signal) => sshLeftovers(await everywhere(), signal),
    notOurs: async (signal) => sshNotOurs(await everywhere(), signal),
    price: () => Promise.resolve(undefined),
  };
}

async function availability(chosen: ChosenHosts): Promise<Availability> {
  try {
    const { facts, settings } = await chosen.look();
    requireQuiet(facts, settings.besideProduction);
    return { available: true, detail: facts.map(({ host }) => `${host.role} ${host.name}`).join(', ') };
  } catch (error) {
    if (!(error instanceof RehearsalError)) throw error;
    return { available: false, why: error.message, remedy: error.hint ?? 'see docs/hosts.md' };
  }
}

/** @throws the first of what stood in the way, after it has been tried on each host */
async function removeRun(runId: string, settings: SshSettings | undefined): Promise<void> {
  if (settings === undefined) return;
  const hosts = await ownHosts(settings, runId);
  const ends = await Promise.allSettled(hosts.map((host) => undoOn(host, settings, runId)));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

function withoutStandby(spec: EnvironmentSpec): EnvironmentSpec {
  return { ...spec, postgres: { ...spec.postgres, standby: false } };
}

function limitsOf(
  { hosts }: EnvironmentSpec,
  { facts }: ChosenHosts,
  settings: SshSettings | undefined,
): string[] {
  const limited = Object.entries(hosts).filter(([, host]) =>
    Object.keys(host).some((key) => key !== 'class' && key !== 'memoryBytes'),
  );
  const beside = facts.flatMap(({ servers }) => servers).length;
  return [
    'The hosts were the user’s own: whatever else ran on them took its share of their CPUs, disks and caches.',
    'The SQL under rehearsal could reach, as a user made for it on its host, what every user of that host can read, and the networks that the host reaches.',
    ...(settings?.hosts.standby ? [] : ['There was no standby: targets.ssh.hosts names none.']),
    ...(beside > 0
      ? [`Beside the rehearsal the hosts ran ${plural(beside, 'other PostgreSQL server')}.`]
      : []),
    ...limited.map(
      ([role]) =>
        `hosts.${role} was not applied on target ssh, but for memory: the host is as large as it is.`,
    ),
  ];
}

function cannotKeep(): RehearsalError {
  return new RehearsalError('USAGE', 'on hosts of your own nothing is left up after a run', {
    hint: 'leave --keep out',
  });
}
