import type { ActorKind, ActorSpec, Step } from './model.ts';
import { traitsOf } from './step-traits.ts';

/**
 * So long do those stay who keep a lock. Ten retries from a pause of 200 ms go on for two minutes: whoever is gone before that
 * would not show what happens when they run out. A plan that does not give way is stopped for all of it, and then goes on.
 */
export const HOLDING_MS = 180_000;

interface Habits {
  /** It keeps a lock that a migration waits for, so it comes before the first step that takes any, and ends. */
  readonly isHolding: boolean;
  readonly needsTable: boolean;
}

const HABITS: Readonly<Record<ActorKind, Habits>> = {
  'long-reader': { isHolding: true, needsTable: true },
  'idle-in-transaction': { isHolding: true, needsTable: true },
  dump: { isHolding: true, needsTable: false },
  vacuum: { isHolding: true, needsTable: true },
  'hot-rows': { isHolding: false, needsTable: true },
  'second-migration': { isHolding: false, needsTable: true },
  churn: { isHolding: false, needsTable: false },
};

/** Does an actor of this kind work on one table? */
export function needsTable(kind: ActorKind): boolean {
  return HABITS[kind].needsTable;
}

/** How long it goes on, in milliseconds; undefined = until the plan has ended. */
export function actorForMs({ kind, forMs }: ActorSpec): number | undefined {
  return forMs ?? (HABITS[kind].isHolding ? HOLDING_MS : undefined);
}

/** The step that it begins shortly before: its own, else the first that runs SQL (who keeps a lock) or the first of all. */
export function actorStartAt({ kind, startAt }: ActorSpec, plan: readonly Step[]): string | undefined {
  const changing = plan.find((step) => traitsOf(step).takesLocks);
  const first = (HABITS[kind].isHolding ? changing : undefined) ?? plan[0];
  return startAt ?? first?.name;
}
