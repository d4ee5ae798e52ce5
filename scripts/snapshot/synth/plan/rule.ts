import type { Predicate } from '../expr/predicates.ts';
import type { Value } from '../expr/value.ts';

/** A predicate that rows are held against as they are made. */
export type Rule = Pick<Predicate, 'name' | 'columns' | 'bounds'> & {
  readonly holds: (row: readonly Value[]) => Value;
};
