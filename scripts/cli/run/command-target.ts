import { AUTO, availabilityOf, chooseTarget } from '../../../infra/targets/choose-target.ts';
import type { Target } from '../../../infra/contract/target.ts';
import { missingProgram, unseenByHost } from '../../commands/programs/unseen.ts';
import { commandsOf } from '../../plan/command-network.ts';
import type { Rehearsal } from '../../plan/model.ts';
import { RehearsalError } from '../../shared/errors.ts';

type WithCommands = Pick<Rehearsal, 'snapshot' | 'plan' | 'plans' | 'dir' | 'hosts' | 'postgres' | 'targets'>;

/**
 * The target of that name. `auto` prefers one that runs commands here, where they find their project: a migration tool lives
 * in the repository around the rehearsal. Where hosts are asked for, it takes hosts.
 * @param keep they are to outlive the run
 * @throws as `chooseTarget`; COMMAND_NOT_FOUND where a command of the rehearsal cannot run there
 */
export async function chooseTargetFor(
  rehearsal: WithCommands,
  name: string,
  keep: boolean,
): Promise<{ target: Target; why: string }> {
  const { allTargets } = await import('../../../infra/targets/index.ts');
  const all = allTargets(rehearsal.targets);
  const isCopy = rehearsal.snapshot.kind === 'physical';
  const targets = isCopy && name === AUTO ? all.filter(({ ofCopies }) => ofCopies) : all;
  const wantsHosts = keep || rehearsal.postgres.standby || Object.keys(rehearsal.hosts).length > 0;
  const prefersHere = name === AUTO && !wantsHosts && commandsOf(rehearsal).length > 0;
  const here = targets.filter(({ runsCommandsHere }) => runsCommandsHere);
  const others = targets.filter(({ runsCommandsHere }) => !runsCommandsHere);
  const { target, why } = await chooseTarget(name, prefersHere ? [...here, ...others] : targets);
  if (isCopy && target.ofCopies === undefined) throw noCopies(target);
  const missing = await commandsThatCannotRun(rehearsal, target);
  if (missing.length > 0) throw notThere(missing, target);
  if (!prefersHere || !target.runsCommandsHere) return { target, why };
  return { target, why: `${why}; the commands of the rehearsal find their project here` };
}

/**
 * A target that could run the rehearsal, as `chooseTargetFor`; among those of `auto` that make no difference to it, whichever is found
 * out soonest.
 */
export async function someTargetFor(rehearsal: WithCommands, name: string): Promise<Target> {
  if (name !== AUTO || commandsOf(rehearsal).length > 0)
    return (await chooseTargetFor(rehearsal, name, false)).target;
  const { targetsHere } = await import('../../../infra/targets/here.ts');
  for (const target of targetsHere) if ((await availabilityOf(target)).available) return target;
  return (await chooseTargetFor(rehearsal, name, false)).target;
}

/** Why commands of the rehearsal cannot run on that target, one sentence each; as far as their text tells. */
async function commandsThatCannotRun(
  { dir, ...own }: WithCommands,
  { runsCommandsHere }: Pick<Target, 'runsCommandsHere'>,
): Promise<string[]> {
  const found = await Promise.all(
    commandsOf(own).map(async (each) => {
      const where = each === own.snapshot ? 'snapshot.command' : `step ${'name' in each ? each.name : ''}`;
      const missing = await missingProgram(each.command, dir);
      const unseen = runsCommandsHere ? [] : await unseenByHost(each.command, dir);
      const whys = [
        ...(missing === undefined ? [] : [missing]),
        ...unseen.map((what) => `${what}, which the driver host does not see`),
      ];
      return whys.map((why) => `${where}: ${why}`);
    }),
  );
  return found.flat();
}

function noCopies({ name }: Target): RehearsalError {
  return new RehearsalError(
    'TARGET_UNAVAILABLE',
    `target ${name} takes no physical copies: its servers begin on an empty database`,
    { hint: 'use --target embedded, or a dump (snapshot.source)' },
  );
}

function notThere(missing: readonly string[], target: Target): RehearsalError {
  const hint = target.runsCommandsHere
    ? 'install it, or name it by its path'
    : `a host of target ${target.name} has this machine's installed software and the rehearsal's folder: put it there, or use --target embedded`;
  return new RehearsalError('COMMAND_NOT_FOUND', missing.join('; '), { hint });
}
