import type { CatalogDifference } from '../../../artifacts/records/of-plan/rollback-records.ts';
import { shortRelation } from '../../wording.ts';
import type { Analysis, StepAnalysis } from '../analyse.ts';

/** A difference that stayed, and the step of the plan that it came from. */
export interface Remaining {
  readonly difference: CatalogDifference;
  readonly step: StepAnalysis;
  /** The step has no rollback file: nobody tried to take it back. */
  readonly isUntried: boolean;
}

/** The catalog beside what it was before the plan, by step; undefined where nobody looked. */
export type CatalogLooks = ReadonlyMap<string, readonly CatalogDifference[]>;

export function catalogLooks({ evidence }: Analysis): CatalogLooks {
  const looks = (evidence.rollback ?? []).filter((record) => record.type === 'catalog');
  return new Map(looks.map(({ after, differences }) => [after, differences]));
}

/** Where each difference of the last look came in: with a step on the way there, or with what was to take it back. */
export function remainingAfter(
  last: StepAnalysis,
  steps: readonly StepAnalysis[],
  looks: CatalogLooks,
): Remaining[] {
  const until = steps.slice(0, steps.indexOf(last) + 1);
  return (looks.get(last.run.planned.name) ?? []).flatMap((difference): Remaining[] => {
    const came = until.findLastIndex(({ run }, index) => {
      const before = index === 0 ? [] : (looks.get(until[index - 1]?.run.planned.name ?? '') ?? []);
      return has(looks.get(run.planned.name) ?? [], difference) && !has(before, difference);
    });
    const step = plannedStep(until[came] ?? last, steps);
    if (step === undefined) return [];
    const { hasRollback, deploy } = step.run.planned;
    return [{ difference, step, isUntried: !hasRollback && deploy === null }];
  });
}

/** The step of the plan that one on the way back is to undo; itself where it is one of the plan's. */
export function plannedStep(step: StepAnalysis, steps: readonly StepAnalysis[]): StepAnalysis | undefined {
  const { way } = step.run.planned;
  return way === undefined ? step : steps.find(({ run }) => run.planned.name === way.of);
}

function has(differences: readonly CatalogDifference[], one: CatalogDifference): boolean {
  return differences.some(
    (other) => other.mark === one.mark && other.how === one.how && keyOf(other) === keyOf(one),
  );
}

export function keyOf({ kind, name, relation }: CatalogDifference): string {
  return JSON.stringify([kind, name, relation]);
}

/** `index orders_state on orders`, `column customers.name` */
export function objectText({
  kind,
  name,
  relation,
}: Pick<CatalogDifference, 'kind' | 'name' | 'relation'>): string {
  if (relation === null) return `${kind} ${shortRelation(name)}`;
  if (kind === 'column') return `column ${shortRelation(relation)}.${name}`;
  return `${kind} ${shortRelation(name)} on ${shortRelation(relation)}`;
}

/** `index orders_state on orders is left over` */
export function differenceText(difference: CatalogDifference): string {
  const { how, what } = difference;
  const object = objectText(difference);
  switch (how) {
    case 'left-over':
      return `${object} is left over`;
    case 'missing':
      return `${object} is missing`;
    case 'changed':
      return `${object} is not as before (${what.join('; ')})`;
  }
}
