import type { CommandReach, RunningEnvironment, Target } from '../../../infra/contract/target.ts';
import { commandsOf } from '../../plan/command-network.ts';
import type { Rehearsal } from '../../plan/model.ts';
import { RehearsalError } from '../../shared/errors.ts';
import { plural } from '../../shared/text/format.ts';

type WithCommands = Pick<Rehearsal, 'snapshot' | 'plan' | 'plans'>;

/** Of a promise that cannot be kept; undefined where it can be, or none was asked for. */
export async function whyNotConfined(
  rehearsal: WithCommands,
  target: Target,
): Promise<{ readonly why: string; readonly remedy: string } | undefined> {
  if (!asksForIt(rehearsal)) return undefined;
  const confines = await target.confines();
  if (confines.available) return undefined;
  return { why: `target ${target.name}: ${confines.why}`, remedy: confines.remedy };
}

function asksForIt(rehearsal: WithCommands): boolean {
  return commandsOf(rehearsal).some(({ network }) => network === 'rehearsed-only');
}

/** @throws USAGE where the rehearsal's commands were to be held to the rehearsed database, and cannot be */
export async function requireConfining(rehearsal: WithCommands, target: Target): Promise<void> {
  const not = await whyNotConfined(rehearsal, target);
  if (not) throw new RehearsalError('USAGE', not.why, { hint: not.remedy });
}

/** The environment with sentences for the report on what the rehearsal's commands could reach in it. */
export function withCommandLimits(
  environment: RunningEnvironment,
  rehearsal: WithCommands,
): RunningEnvironment {
  const limits = [...environment.limits, ...commandLimits(rehearsal, environment.commandReach)];
  return { ...environment, limits };
}

/** What the commands could reach, as sentences for the report; none where there are no commands. */
function commandLimits(rehearsal: WithCommands, { open, rehearsedOnly }: CommandReach): string[] {
  const commands = commandsOf(rehearsal);
  const confined = commands.filter(({ network }) => network === 'rehearsed-only').length;
  const others = commands.length - confined;
  return [
    ...(others > 0 ? [`${plural(others, 'command')} could reach ${open}.`] : []),
    ...(confined > 0
      ? [`${plural(confined, 'command')} with network: rehearsed-only could reach ${rehearsedOnly}.`]
      : []),
  ];
}
