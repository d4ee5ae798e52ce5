import type { Interruption, Step } from './model.ts';
import { traitsOf } from './step-traits.ts';

/** The steps that change something in the database and can be cut off, in the plan's order. */
export function stepsToCutOff(plan: readonly Step[]): readonly Step[] {
  return plan.filter((step) => traitsOf(step).canBeCutOff);
}

/** The same steps; those that are to be cut off say so. */
export function planWithCuts(plan: readonly Step[], { how, steps }: Interruption): Step[] {
  return plan.map((step) => (steps.includes(step.name) ? { ...step, cut: how } : step));
}
