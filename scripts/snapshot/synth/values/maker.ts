import type { Domain } from '../expr/domain.ts';
import type { Value } from '../expr/value.ts';
import type { TypeShape } from '../schema/table-schema.ts';
import type { Histogram } from '../../../plan/statistics/statistics.ts';

/** Values of one column, by number. */
export interface Maker {
  /** How many there are. */
  readonly room: number;
  /** The value with this number, from 0 on; below `room` no two are the same, where `isExact` was asked for. */
  readonly at: (number: number) => Value;
}

/** How long values are, as they are stored. */
export interface Widths {
  /** Of most values, in bytes with their header. */
  readonly shortBytes: number;
  /** Of those that lie in TOAST. */
  readonly longBytes: number;
  /** How many of 0 to 1 do. */
  readonly longShare: number;
}

export interface Wanted {
  readonly type: TypeShape;
  readonly domain: Domain;
  /** So many values are asked for. */
  readonly distinct: number;
  /** So many are there in production, by its own number of rows. */
  readonly full: number;
  /** No two may be the same, whatever that does to the histogram. */
  readonly isExact: boolean;
  /** Values follow each other as their numbers do. */
  readonly isOrdered: boolean;
  readonly histogram: Histogram | null;
  readonly widths: Widths;
  readonly seed: number;
  /** Texts that the schema names for this column, the likeliest first. */
  readonly labels: readonly string[];
  /** Microseconds since 1970: what has no histogram ends here. */
  readonly nowUs: number;
}
