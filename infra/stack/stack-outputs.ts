import { runtime, type Output } from '@pulumi/pulumi';
import type { Rehearsal } from '../resources/rehearsal.ts';

/** What the stack tells about one rehearsal. */
type Facts = Record<
  'verdict' | 'worstFinding' | 'report' | 'durationMs' | 'cost' | 'leftovers',
  Output<string | number> | string | number
>;

/** The stack's outputs: facts, or facts by the rehearsal's name. */
export type StackOutputs = Readonly<Record<string, Facts | Facts[keyof Facts]>>;

/** How a rehearsal ended, as far as the program can know. */
interface Ended {
  readonly facts: Facts;
  readonly passed: boolean;
}

/** An output knows whether it has a value, which its type does not say. */
interface Known {
  readonly isKnown: Promise<boolean>;
}

/** Of one that came to no verdict in this update. */
export function notJudged(worstFinding: string): Ended {
  const facts = { report: 'none', durationMs: 0, cost: 'none', leftovers: 0 };
  return { facts: { verdict: 'none', worstFinding, ...facts }, passed: false };
}

/**
 * Waits until the engine has done with the rehearsal, well or not. Only an update that goes on after a failure
 * (`--continue-on-error`) comes back from one that is not well; where the engine has no outputs of it, older ones are none either.
 */
export async function ended(rehearsal: Rehearsal): Promise<Ended> {
  const { verdict, worstFinding, reportPath: report, durationMs, cost, leftovers } = rehearsal;
  const facts = { verdict, worstFinding, report, durationMs, cost, leftovers };
  const known = await (verdict as unknown as Known).isKnown;
  if (runtime.isDryRun()) return { facts, passed: true };
  if (!known) return notJudged('it failed in the last update; what that printed says why');
  const value = await new Promise<string>((resolve) => verdict.apply(resolve));
  return { facts, passed: value === 'pass' || value === 'nothing-new' };
}

/**
 * With one rehearsal its facts, with several the facts by name. A failed update keeps every older output that it does not
 * set: then the facts of the first that did not pass stand beside them, where an older pass may stand.
 */
export function outputsOf(all: ReadonlyMap<string, Ended>): StackOutputs {
  const [first, ...others] = all.values();
  if (first && others.length === 0) return first.facts;
  const failed = [...all.values()].find(({ passed }) => !passed);
  return {
    ...failed?.facts,
    ...Object.fromEntries([...all].map(([name, { facts }]) => [name, facts])),
  };
}

/** Outputs that stand until the program has come to its end, and for good where a failure ends it before. */
export function outputsForNow(all: ReadonlyMap<string, Ended>): void {
  const stack = runtime.getStackResource();
  if (stack && !runtime.isDryRun()) runtime.registerResourceOutputs(stack, outputsOf(all));
}

/** What a component may do itself, and once: the SDK's own call after a program that throws, which keeps older outputs, is then void. */
interface Registering {
  registerOutputs(outputs: StackOutputs): void;
}

/** Outputs of a program that is about to throw. */
export function outputsForGood(all: ReadonlyMap<string, Ended>): void {
  const stack = runtime.getStackResource();
  if (stack && !runtime.isDryRun()) (stack as unknown as Registering).registerOutputs(outputsOf(all));
}
