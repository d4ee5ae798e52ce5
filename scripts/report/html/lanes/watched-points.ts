import type { Result } from '../../../checks/result/contract/result.ts';

type Watch = NonNullable<Result['steps'][number]['watch']>;

/** Of each verify step that watched: what it found, one line each. */
export function watchedPoints({ steps }: Result): Watch['points'][] {
  return steps.flatMap(({ watch }) =>
    watch === undefined || watch.points.length === 0 ? [] : [watch.points],
  );
}

/** Their names, as a sentence has them. */
export function watchers({ steps }: Result): string {
  return steps.flatMap(({ name, watch }) => (watch === undefined ? [] : [name])).join(' and ');
}
