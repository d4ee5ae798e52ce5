import { z } from 'zod';

/*
 * What is known of a database without its rows: the shape of its tables and columns, and no value of one. `statistics.json` of a
 * snapshot is this document.
 */

const share = z.number().min(0).max(1);
const bytes = z.number().nonnegative();

/** Numbers, or seconds since 1970 of dates and times: ascending, so that as many rows lie between any two neighbours. */
const histogram = z.strictObject({ of: z.enum(['numbers', 'times']), bounds: z.array(z.number()).min(2) });
export type Histogram = z.infer<typeof histogram>;

const column = z.strictObject({
  name: z.string().min(1),
  nullFraction: share,
  /** As `pg_stats.n_distinct`: below 0 it is minus the share of all rows. */
  distinct: z.number().min(-1),
  /** As it lies in the table: of a value that lies in TOAST its pointer. */
  averageWidthBytes: bytes,
  /** Of the most common values, without them; shares of all rows, descending. */
  commonFrequencies: z.array(share),
  /** Between the order of the values and that of the rows, from -1 to 1; null = the type has no order. */
  correlation: z.number().nullable(),
  histogram: histogram.nullable(),
});
export type ColumnStatistics = z.infer<typeof column>;

const table = z.strictObject({
  schema: z.string().min(1),
  table: z.string().min(1),
  /** Null = nobody has analysed it. */
  rows: z.number().nonnegative().nullable(),
  heapBytes: bytes,
  /** Null = not known. */
  toastBytes: bytes.nullable(),
  indexBytes: bytes.nullable(),
  columns: z.array(column),
});
export type TableStatistics = z.infer<typeof table>;

export const statisticsSchema = z.strictObject({
  format: z.literal('dress-rehearsal statistics'),
  version: z.literal(1),
  /** As `SHOW server_version` says it. */
  serverVersion: z.string(),
  tables: z.array(table),
});
export type Statistics = z.infer<typeof statisticsSchema>;
