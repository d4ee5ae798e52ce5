import { didYouMean } from '../schema/did-you-mean.ts';
import { eitherOf } from '../schema/fields.ts';
import { RehearsalError, type Mistake } from '../../shared/errors.ts';
import type { NamedPlan, Rehearsal, Scenario, Step } from '../model.ts';
import { checkDeploys } from './read-load.ts';
import { readScenarios } from './company/read-actors.ts';
import { withQuestions } from './company/read-questions.ts';
import { readSteps } from './steps/read-steps.ts';
import type { Reading } from './reading.ts';
import type { Parts } from './salvage.ts';

type Read = Pick<Rehearsal, 'plan' | 'plans' | 'scenarios'>;

/** One plan as it was read. */
interface ReadPlan {
  readonly name: string | undefined;
  readonly steps: readonly Step[];
  /** Not all of its steps could be read, so that nothing is said of those that are missing. */
  readonly hasGaps: boolean;
}

/** The plan, or every one of several ways to do the same change, and who plays them in whose company. Notes every mistake. */
export async function readPlans(parts: Parts, value: unknown, reading: Reading): Promise<Read> {
  tellWhich(value, reading);
  const read: ReadPlan[] = [];
  for (const written of parts.plans) {
    const steps = await readSteps(written, parts.network, reading);
    if (parts.versions) checkDeploys(written, Object.keys(parts.versions), reading);
    read.push({
      name: written.name,
      steps,
      hasGaps: written.steps.length === 0 || written.steps.includes(undefined),
    });
  }
  const scenarios = await withQuestions(scenariosOf(read, parts, reading), parts.scenarios, reading);
  const plan = read[0]?.steps ?? [];
  const plans = read.flatMap(({ name, steps }): NamedPlan[] => (name === undefined ? [] : [{ name, steps }]));
  return plans.length === 0 ? { plan, scenarios } : { plan, plans, scenarios };
}

function tellWhich(value: unknown, reading: Reading): void {
  if (typeof value !== 'object' || value === null) return;
  if ('plan' in value && 'plans' in value)
    reading.mistake(['plans'], 'there is a plan too; write one of plan and plans');
  else if (!('plan' in value) && !('plans' in value))
    reading.mistake(['plan'], 'missing; write the steps as a list');
}

/** Of each plan those that it has the steps for. What a scenario lacks is a mistake where it lacks it in every plan. */
function scenariosOf(read: readonly ReadPlan[], parts: Parts, reading: Reading): Scenario[] {
  const told: Mistake[][] = [];
  const scenarios = read.flatMap(({ name, steps, hasGaps }) => {
    const before = reading.mistakes.length;
    const own = readScenarios(parts, hasGaps ? undefined : steps, reading);
    told.push(reading.mistakes.splice(before));
    return name === undefined ? own : own.flatMap((one) => ofPlan(one, { name, steps }));
  });
  const isEverywhere = (mistake: Mistake): boolean =>
    told.every((own) => own.some((other) => isWithin(mistake, other)));
  const seen = new Set<string>();
  for (const own of told) {
    const fresh = own.filter((mistake) => isEverywhere(mistake) && !seen.has(mistake.key));
    for (const { key } of fresh) seen.add(key);
    reading.mistakes.push(...fresh);
  }
  for (const { name, hasGaps } of read)
    if (name !== undefined && !hasGaps && seen.size === 0 && !scenarios.some((one) => one.planName === name))
      reading.mistake(
        ['plans', name],
        'no scenario plays this plan: it has none of the steps that they are about; add quiet to scenarios',
      );
  return scenarios;
}

/** Is the one about the same value as the other, or about a part of it? */
function isWithin({ key }: Mistake, { key: other }: Mistake): boolean {
  return key === other || (key.startsWith(other) && ['.', '['].includes(key.charAt(other.length)));
}

/** A scenario as one plan plays it; none where the plan has no step that it is about. */
function ofPlan(scenario: Scenario, { name, steps }: NamedPlan): Scenario[] {
  const has = (step: string): boolean => steps.some((one) => one.name === step);
  const { interruption } = scenario;
  if (interruption !== undefined && !interruption.steps.some(has)) return [];
  const actors = scenario.actors.map(({ startAt, ...actor }) =>
    startAt !== undefined && has(startAt) ? { ...actor, startAt } : actor,
  );
  const own = scenario.name === 'quiet' ? name : `${name} / ${scenario.name}`;
  return [{ ...scenario, name: own, planName: name, actors }];
}

/** The rehearsal with one of its plans. @throws USAGE where it has none of that name */
export function withPlan(rehearsal: Rehearsal, name: string): Rehearsal {
  const { plans = [], scenarios } = rehearsal;
  const chosen = plans.find((plan) => plan.name === name);
  if (chosen === undefined) {
    const names = plans.map((plan) => plan.name);
    const hint =
      names.length === 0
        ? 'leave --plan out: this rehearsal has one plan, without a name'
        : (didYouMean(name, names) || `; write ${eitherOf(names)}`).replace(/^; /, '');
    throw new RehearsalError('USAGE', `--plan ${name} is not a plan of ${rehearsal.name}`, { hint });
  }
  return {
    ...rehearsal,
    plan: chosen.steps,
    plans: [chosen],
    scenarios: scenarios.filter(({ planName }) => planName === name),
  };
}
