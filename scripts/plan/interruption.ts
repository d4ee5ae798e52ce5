import type { BackfillStep, Interruption, SqlStep, Step } from './model.ts';

/** A step that can be cut off. */
export type CutStep = SqlStep | BackfillStep;

/** The steps that change something in the database and can be cut off, in the plan's order. */
export function stepsToCutOff(plan: readonly Step[]): readonly CutStep[] {
  return plan.filter((step) => step.kind === 'sql' || step.kind === 'backfill');
}

/** The same steps; those that are to be cut off say so. */
export function planWithCuts(plan: readonly Step[], { how, steps }: Interruption): Step[] {
  return plan.map((step) => (steps.includes(step.name) ? { ...step, cut: how } : step));
}
