import type { StepKind } from '../../plan/model.ts';
import type { Interval } from '../../shared/intervals/intervals.ts';
import type { StatementTry } from './waits/windows.ts';
import type { StepRun } from './step-runs.ts';

/** Something of the plan that may have slowed the app down: one try of a statement, or a step that has no statements. */
export interface Disturbance extends Interval {
  readonly step: StepRun;
  /** Null for a step without statements. */
  readonly statement: StatementTry | null;
  /** How likely it is to be the cause where several went on at once: 2 = it stopped others, 1 = it held a lock, 0 = neither. */
  readonly rank: 0 | 1 | 2;
  /** The stretches in which it hurt, by its rank. */
  readonly hurting: readonly Interval[];
}

/** Nothing of the plan happens in them: what gets slower or fails meanwhile has its cause before them. */
const IS_PASSIVE: Readonly<Record<StepKind, boolean>> = {
  sql: false,
  command: false,
  deploy: false,
  backfill: false,
  soak: true,
  verify: true,
  maintenance: false,
};

export function isPassive({ planned }: StepRun): boolean {
  return IS_PASSIVE[planned.kind];
}

/** The step of that name, or the last before it in which anything of the plan happened; a soak that nothing came before stays itself. */
export function lastActive(steps: readonly StepRun[], name: string): StepRun | undefined {
  const at = steps.findIndex(({ planned }) => planned.name === name);
  return steps.slice(0, at + 1).findLast((step) => !isPassive(step) && step.window !== null) ?? steps[at];
}

/**
 * Every possible cause in order of time.
 * @param keptUntilMs until when something that a step left was in the way; undefined = it left nothing
 */
export function disturbances(
  steps: readonly { readonly step: StepRun; readonly tries: readonly StatementTry[] }[],
  keptUntilMs: (step: StepRun) => number | undefined = () => undefined,
): Disturbance[] {
  return steps
    .flatMap(({ step, tries }) => {
      if (step.window === null || isPassive(step)) return [];
      if (tries.length > 0) return tries.map((statement) => ofStatement(step, statement));
      const { fromMs } = step.window;
      const window = { fromMs, toMs: Math.max(step.window.toMs, keptUntilMs(step) ?? fromMs) };
      return [{ step, statement: null, rank: 0 as const, hurting: [window], ...window }];
    })
    .sort((a, b) => a.fromMs - b.fromMs || a.step.index - b.step.index);
}

function ofStatement(step: StepRun, statement: StatementTry): Disturbance {
  const window = { fromMs: statement.record.sentMs, toMs: statement.record.releasedMs };
  const rank = statement.blackout.length > 0 ? 2 : statement.strongest === null ? 0 : 1;
  return { step, statement, rank, hurting: rank === 2 ? statement.blackout : [window], ...window };
}
