import type { Analysis } from '../analysis/analyse.ts';
import { takenText, takenWithin } from '../analysis/noise.ts';
import type { CheckFinding } from '../check.ts';

/** A look is a second long: what it tells began up to a second before it. */
const SECOND_MS = 1000;

/**
 * What failed for nothing but how long it took, while the machine was taken away by others, is not known to be the plan's:
 * inconclusive, with their share.
 */
export function quietened(found: CheckFinding, { evidence, steps }: Analysis): CheckFinding {
  if (found.status !== 'fail' || found.isOnlySlow !== true) return found;
  const window = steps.find(({ run }) => run.planned.name === found.step)?.run.window;
  const span = window ?? { fromMs: 0, toMs: Infinity };
  const during = { fromMs: span.fromMs, toMs: span.toMs + SECOND_MS };
  const [worst] = takenWithin(evidence.noise, during).toSorted(
    (a, b) => b.stealShare + b.foreignShare - (a.stealShare + a.foreignShare),
  );
  if (worst === undefined) return found;
  const message = `${found.message} Meanwhile ${takenText(worst)}, so it is not known to be the plan's doing.`;
  return { ...found, status: 'inconclusive', message, advice: QUIET, insteadSql: null };
}

const QUIET =
  'Rehearse again on a machine that does nothing else, or on a host of its own; what else is wrong with the plan is told beside this.';
