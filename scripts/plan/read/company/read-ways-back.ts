import type { ActorSpec, Scenario, Step } from '../../model.ts';
import { didYouMean } from '../../schema/did-you-mean.ts';
import { eitherOf } from '../../schema/fields.ts';
import type { BackFromConfig } from '../../schema/schema-actors.ts';
import { stepsBeforeNoReturn, stepsToGoBackFrom } from '../../way-back.ts';
import type { Reading } from '../reading.ts';
import type { KeyPath } from '../../yaml/yaml-source.ts';

/** Name of the scenario that goes back. */
export const ROLLBACK = 'rollback';

/**
 * One scenario for each step that the plan is to turn around behind. Notes steps that are not there, and those from which there is
 * no way back by the plan's own word.
 * @param plan undefined where not all steps are known, so that nothing is said of them
 */
export function readWaysBack(
  written: BackFromConfig,
  actors: readonly ActorSpec[],
  plan: readonly Step[] | undefined,
  at: { readonly path: KeyPath; readonly reading: Reading },
): Scenario[] {
  if (plan === undefined) return [{ name: ROLLBACK, actors }];
  const { path, reading } = at;
  const open = stepsToGoBackFrom(plan).map(({ name }) => name);
  if (open.length === 0) {
    reading.mistake(
      path,
      'no step before the point of no return changes anything: there is nothing to go back from',
    );
    return [];
  }
  const begins = typeof written === 'string' ? written : (written.from ?? 'last');
  const scenario = (backFrom: string): Scenario => ({
    name: `${ROLLBACK} from ${backFrom}`,
    actors,
    backFrom,
  });
  if (begins === 'each') return open.map(scenario);
  if (begins === 'last') return [{ name: ROLLBACK, actors, backFrom: open.at(-1) ?? '' }];
  return begins.flatMap((name, index) => {
    const place = [...path, 'from', index];
    const mistake = begins.indexOf(name) < index ? '{value} is there twice' : mistakeIn(name, plan);
    if (mistake === undefined) return [scenario(name)];
    const guess = reading.source.isSecret(place) ? '' : didYouMean(name, open);
    reading.mistake(place, mistake.replace('{open}', guess || `; write ${eitherOf(open)}`));
    return [];
  });
}

function mistakeIn(name: string, plan: readonly Step[]): string | undefined {
  if (stepsBeforeNoReturn(plan).some((step) => step.name === name)) return undefined;
  if (!plan.some((step) => step.name === name)) return '{value} is not the name of a step{open}';
  return '{value} is the point of no return or behind it, where there is no way back{open}';
}
