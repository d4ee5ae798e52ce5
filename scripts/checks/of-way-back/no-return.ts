import type { Analysis, StepAnalysis } from '../analysis/analyse.ts';
import { brokenBy, type WayBack } from '../analysis/way-back/way-back.ts';
import { closedBy } from './failed-undo.ts';

/** The step behind which there is no way back, and how that shows. */
interface NoReturn {
  readonly step: StepAnalysis;
  /** Only a rollback file is missing: nobody promised more. */
  readonly isUntried: boolean;
}

/** The earliest step of the plan that one playing could not take back; undefined where it took back all of them. */
export function noReturnFound(way: WayBack, analysis: Analysis): NoReturn | undefined {
  const { failed, remaining, broken, valuesLost } = way;
  const undone = failed && closedBy(failed, way, analysis);
  const all: NoReturn[] = [
    ...(undone === undefined ? [] : [{ step: undone, isUntried: false }]),
    ...(valuesLost ?? []).map(({ since }) => ({ step: since, isUntried: false })),
    ...(remaining ?? []).map(({ step, isUntried }) => ({ step, isUntried })),
    ...broken.flatMap((state) => {
      const step = brokenBy(state, analysis);
      return step === undefined ? [] : [{ step, isUntried: false }];
    }),
  ];
  return all.toSorted(
    (a, b) => a.step.run.index - b.step.run.index || Number(a.isUntried) - Number(b.isUntried),
  )[0];
}

/** By the plan's own word. */
export function plansNoReturn({ evidence }: Analysis): string | null {
  const plan = evidence.writtenPlan ?? evidence.run.plan;
  return plan.find(({ pointOfNoReturn }) => pointOfNoReturn)?.name ?? null;
}
