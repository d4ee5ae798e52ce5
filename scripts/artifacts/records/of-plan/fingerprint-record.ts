import { z } from 'zod';
import { moment, number, text } from '../primitives.ts';

/**
 * Why rows are not compared. `app-writes`: all that the step writes there the app writes too; `no-key`: without a primary key;
 * `not-the-same-twice`: by a function that gives something else each time; `hangs-on-the-app`: by what the app writes elsewhere.
 */
export const NOT_COMPARED = ['app-writes', 'no-key', 'not-the-same-twice', 'hangs-on-the-app'] as const;

const RowsBesideQuiet = z.object({
  /** `schema.name` */
  table: text,
  /** Null where they were compared. */
  reason: z.enum(NOT_COMPARED).nullable(),
  rows: z
    .object({
      compared: number,
      /** That the app may have written in one of the two. */
      setAside: number,
      /** Not as in the quiet playing. */
      unlike: number,
      /** Of them: as before the step, or not there. */
      leftOut: number,
      /** Of a large table one in so many rows was compared. */
      oneIn: number,
    })
    .nullable(),
});
export type RowsBesideQuiet = z.infer<typeof RowsBesideQuiet>;

/** In artifacts/schema.ndjson: the rows that a step that was cut off left, beside those of the quiet playing, by hashes that are kept nowhere. */
export const BesideQuietRecord = z.object({
  type: z.literal('beside-quiet'),
  step: text,
  tMs: moment,
  tables: z.array(RowsBesideQuiet).readonly(),
});
export type BesideQuietRecord = z.infer<typeof BesideQuietRecord>;
