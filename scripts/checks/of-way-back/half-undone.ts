import type { Analysis, StepAnalysis } from '../analysis/analyse.ts';
import { catalogLooks, keyOf, objectText } from '../analysis/way-back/catalog-looks.ts';
import { listed } from '../wording.ts';

const MOST_NAMED = 6;

/** Of a step that failed on the way back: what it had taken back by then, and what it had not. Empty for all others. */
export function halfUndone(step: StepAnalysis, analysis: Analysis): string {
  const { way } = step.run.planned;
  if (way?.kind !== 'back') return '';
  const { steps } = analysis;
  const looks = catalogLooks(analysis);
  const nameAt = (index: number): string => steps[index]?.run.planned.name ?? '';
  const after = looks.get(step.run.planned.name);
  const before = looks.get(nameAt(steps.indexOf(step) - 1));
  const undoes = steps.findIndex(({ run }) => run.planned.name === way.of);
  if (after === undefined || before === undefined || undoes === -1) return '';
  const isBefore = new Set((looks.get(nameAt(undoes - 1)) ?? []).map(keyOf));
  const toUndo = (looks.get(way.of ?? '') ?? []).filter((one) => !isBefore.has(keyOf(one)));
  const left = new Set(after.map(keyOf));
  const known = new Set(before.map(keyOf));
  const done = before.filter((one) => !left.has(keyOf(one)));
  const open = toUndo.filter((one) => left.has(keyOf(one)));
  const anew = after.filter((one) => !known.has(keyOf(one)));
  const names = (some: typeof after): string => listed(some.map(objectText), MOST_NAMED);
  if (done.length === 0 && anew.length === 0)
    return ' Nothing of it was taken back: the schema is as the steps before it left it.';
  const parts = [
    ...(done.length > 0 ? [`${names(done)} taken back`] : []),
    ...(anew.length > 0 ? [`${names(anew)} changed by the file itself`] : []),
    ...(open.length > 0 ? [`${names(open)} not yet`] : []),
  ];
  return ` Now it is half undone: ${parts.join('; ')}.`;
}
