import type { NightOutcome } from '../../nightly/outcome.ts';
import { batchesOf, hostsKey } from '../../nightly/batches.ts';
import { commandsOf } from '../../plan/command-network.ts';
import type { CliContext } from '../context.ts';
import { readChecked } from '../read-checked.ts';
import { chooseTargetFor } from '../run/command-target.ts';
import type { Chosen } from './choose-rehearsals.ts';
import type { Member } from './play-batch.ts';
import { playOne, type NightOptions } from './play-one.ts';

/** What is played together. */
export interface Unit {
  /** In the list of the night. */
  readonly positions: readonly number[];
  /** As `playAll` plays it; an outcome for each position, undefined for what was not started. */
  readonly play: (signal: AbortSignal) => Promise<readonly (NightOutcome | undefined)[]>;
}

/** Those that can have the same hosts together, where the night's target makes hosts; each of the others alone. */
export async function unitsOf(
  part: readonly Chosen[],
  night: NightOptions & { readonly sharesOn: string | undefined },
  context: CliContext,
): Promise<Unit[]> {
  const { sharesOn } = night;
  const members =
    sharesOn === undefined || part.length < 2
      ? []
      : await Promise.all(part.map((one) => memberOf(one, sharesOn, context)));
  const keys = part.map((_, position) => {
    const member = members[position];
    return member && hostsKey(member.target.name, member.rehearsal);
  });
  return batchesOf(keys, night.jobs).map((positions) => {
    const shared = positions.flatMap((position) => members[position] ?? []);
    const [position = 0] = positions;
    const only = part[position];
    if (shared.length < 2)
      return {
        positions,
        play: async (signal) => (only ? [await playOne(only, night, context, signal)] : []),
      };
    return {
      positions,
      play: async (signal) => (await import('./play-batch.ts')).playBatch(shared, night, context, signal),
    };
  });
}

/** Undefined where it needs hosts of its own, or cannot be read: its own run tells why. */
async function memberOf(
  chosen: Chosen,
  targetName: string,
  context: CliContext,
): Promise<Member | undefined> {
  try {
    const rehearsal = await readChecked(chosen.dir, context.io);
    if (rehearsal.nothingNew !== undefined || rehearsal.snapshot.kind === 'physical') return undefined;
    const { target } = await chooseTargetFor(rehearsal, targetName, false);
    if (!target.lent) return undefined;
    if (commandsOf(rehearsal).length > 0) {
      context.out.note(
        `${chosen.shown}: hosts of its own, for its commands may leave on the driver host what nobody knows of`,
      );
      return undefined;
    }
    return { chosen, rehearsal, target };
  } catch {
    return undefined;
  }
}
