import { stepsToCutOff } from '../../interruption.ts';
import { CUTS, type ActorSpec, type Cut, type Scenario, type Step } from '../../model.ts';
import { didYouMean } from '../../schema/did-you-mean.ts';
import { eitherOf } from '../../schema/fields.ts';
import type { InterruptionConfig } from '../../schema/schema-actors.ts';
import type { Reading } from '../reading.ts';
import type { KeyPath } from '../../yaml/yaml-source.ts';

/** Name of the scenario whose steps are cut off. */
export const INTERRUPTED = 'interrupted';

/**
 * One scenario for each way in which steps are cut off. Notes steps that are not there, and those that cannot be cut off.
 * @param plan undefined where not all steps are known, so that nothing is said of them
 */
export function readInterruptions(
  { steps: written, how }: InterruptionConfig,
  actors: readonly ActorSpec[],
  plan: readonly Step[] | undefined,
  at: { readonly path: KeyPath; readonly reading: Reading },
): Scenario[] {
  const { path, reading } = at;
  const ways = how ?? CUTS;
  for (const [index, way] of ways.entries())
    if (ways.indexOf(way) < index) reading.mistake([...path, 'how', index], '{value} is there twice');
  const scenarios = (steps: readonly string[]): Scenario[] =>
    [...new Set(ways)].map((way) => ({ name: nameOf(way, ways), actors, interruption: { how: way, steps } }));
  if (plan === undefined) return scenarios([]);
  const open = stepsToCutOff(plan).map(({ name }) => name);
  if (open.length === 0) {
    reading.mistake(path, 'no step of the plan changes the database: there is nothing to cut off');
    return [];
  }
  if (written === undefined) return scenarios(open);
  for (const [index, name] of written.entries()) {
    const place = [...path, 'steps', index];
    const mistake = written.indexOf(name) < index ? '{value} is there twice' : mistakeIn(name, plan, open);
    if (mistake === undefined) continue;
    const guess = reading.source.isSecret(place) ? '' : didYouMean(name, open);
    reading.mistake(place, mistake.replace('{open}', guess || `; write ${eitherOf(open)}`));
  }
  return scenarios(written);
}

function nameOf(way: Cut, ways: readonly Cut[]): string {
  return new Set(ways).size === 1 ? INTERRUPTED : `${INTERRUPTED} (${way})`;
}

function mistakeIn(name: string, plan: readonly Step[], open: readonly string[]): string | undefined {
  if (open.includes(name)) return undefined;
  const step = plan.find((one) => one.name === name);
  if (step === undefined) return '{value} is not the name of a step{open}';
  switch (step.kind) {
    case 'sql':
    case 'command':
    case 'backfill':
      return undefined;
    case 'deploy':
    case 'soak':
    case 'verify':
    case 'maintenance':
      return `{value} is a ${step.kind} step, which changes nothing in the database{open}`;
  }
}
