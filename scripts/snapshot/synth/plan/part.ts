import type { Value } from '../expr/value.ts';
import type { Pick } from './pick.ts';

/** Columns whose values are picked together: one column, or those of a foreign key. */
export interface Part {
  readonly kind: 'plain' | 'link';
  readonly columns: readonly string[];
  /** Different ones that the statistics speak of; may be raised until the first value was made. */
  cells: number;
  /** How many different ones there can be. */
  readonly room: () => number;
  /** Each row has another one. */
  isExact: boolean;
  /** Rows that may have the same one. */
  most: number;
  /** Within the rows that have the same of this one, no two have the same here. */
  by: Part | undefined;
  /** What picks in the order of all combinations: `number = ⌊place / divide⌋ mod cells`. */
  digit: { readonly divide: number; readonly of: Part } | undefined;
  /** Others go by it. */
  isDriver: boolean;
  readonly pick: () => Pick;
  readonly value: (column: string, row: number, salt: number, filled?: boolean) => Value;
}

interface Within {
  /** How many there are. */
  readonly room: number;
  /** Where counting begins within the rows that have the same of the other part. */
  readonly start: (cell: number) => number;
}

/** Which one a row has: by its own draw, or by its place among those that have the same of another part. */
export function numberOf(part: Part, row: number, salt: number, { room, start }: Within): number {
  if (part.by !== undefined) {
    const driver = part.by.pick();
    return (start(driver.cell(row, 0)) + driver.rank(row)) % room;
  }
  if (part.digit !== undefined)
    return Math.floor(part.digit.of.pick().place(row) / part.digit.divide) % part.cells;
  return part.pick().cell(row, salt);
}
