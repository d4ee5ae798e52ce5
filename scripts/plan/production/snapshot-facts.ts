import { z } from 'zod';

const count = z.number().nonnegative();
const moment = z.string().nullable();

const table = z.strictObject({
  /** `schema.name` */
  name: z.string(),
  /** As the planner knows it; null = nobody has analysed it. */
  rows: count.nullable(),
  heapBytes: count,
  toastBytes: count,
  indexBytes: count,
  /** Rows that died and were not removed yet, as the server counts them. */
  deadRows: count,
  /** From 0 to 1: what of the heap the widths of the columns do not explain; null = not known. */
  bloatShare: z.number().min(0).max(1).nullable(),
  lastVacuumAt: moment,
  lastAnalyzeAt: moment,
});
export type TableFacts = z.infer<typeof table>;

const statement = z.strictObject({
  /** With `$1` in the places of its constants, as pg_stat_statements keeps it. */
  query: z.string(),
  calls: count,
  totalMs: count,
  rows: count,
});

/** facts.json of a snapshot folder: what production was when the dump was taken, without a value of a row. */
export const snapshotFacts = z.strictObject({
  format: z.literal('dress-rehearsal snapshot'),
  version: z.literal(1),
  /** The server without user and password. */
  source: z.string(),
  takenAt: z.string(),
  server: z.strictObject({
    major: count,
    /** As `version()` says it. */
    build: z.string(),
    isReplica: z.boolean(),
  }),
  database: z.strictObject({
    name: z.string(),
    bytes: count,
    encoding: z.string(),
    collate: z.string(),
    /** Of the library that sorts; null = it has none, or the server is older than 15. */
    collationVersion: z.string().nullable(),
  }),
  /** Those that are not as PostgreSQL comes, in the server's own words; nothing that may hold a password. */
  settings: z.record(z.string(), z.string()),
  extensions: z.record(z.string(), z.string()),
  tables: z.array(table),
  /** Those that took longest in all; null = pg_stat_statements is not there, or may not be read. */
  statements: z.array(statement).nullable(),
  /** What the dump did to the server, and what could not be read, as sentences. */
  notes: z.array(z.string()),
});
export type SnapshotFacts = z.infer<typeof snapshotFacts>;

/** Of a snapshot folder, what a rehearsal on it is held against. */
export interface Production {
  readonly major: number;
  readonly build: string;
  readonly bytes: number;
  /** Those that the rehearsal sets otherwise, or leaves as PostgreSQL comes (`here` is null). */
  readonly otherSettings: readonly {
    readonly name: string;
    readonly value: string;
    readonly here: string | null;
  }[];
}
