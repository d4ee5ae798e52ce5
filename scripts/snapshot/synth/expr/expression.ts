import type { Value, ValueClass } from './value.ts';

/** Part of a predicate that can be computed here. */
export interface Expression {
  readonly of: ValueClass;
  /** @param row values in the order of the table's columns */
  readonly value: (row: readonly Value[]) => Value;
}

/** Where columns of a table stand in a row, and what they hold. */
export type Columns = ReadonlyMap<string, { readonly at: number; readonly of: ValueClass }>;
