import { z } from 'zod';
import { number, text } from './primitives.ts';

/** A table, materialized view or the topmost table of partitions, and the strongest lock that a script takes on it. */
export const TableUse = z.object({
  /** `schema.name` */
  relation: text,
  /** As in pg_locks, such as RowExclusiveLock. */
  mode: text,
  /** A branch of `\if` that did not run names it: only some requests use it, or none. */
  isMaybe: z.literal(true).exactOptional(),
});
export type TableUse = z.infer<typeof TableUse>;

/** artifacts/compatibility.ndjson */
export const CompatibilityRecord = z.object({
  /** `start` or a step's name. */
  after: text,
  version: text,
  script: text,
  ok: z.boolean(),
  sqlstate: text.nullable(),
  /** Without row values. */
  message: text.nullable(),
  /** How often it was tried with other values until it was called a failure. Absent where it worked, and in older runs. */
  tries: number.exactOptional(),
  /** PostgreSQL's own advice. Absent where it gave none, and in older runs. */
  hint: text.exactOptional(),
  /** The function of the database in whose body it failed. Absent where it was in none, and in older runs. */
  inside: text.exactOptional(),
  /** Of an error 42501: what was refused to whom. Absent where the statement cannot be read. */
  /** Absent of a script that failed or whose locks could not be seen, and in older runs. */
  uses: z.array(TableUse).readonly().exactOptional(),
  refused: z
    .object({
      role: text,
      privileges: z.array(text).readonly(),
    })
    .exactOptional(),
});
export type CompatibilityRecord = z.infer<typeof CompatibilityRecord>;
