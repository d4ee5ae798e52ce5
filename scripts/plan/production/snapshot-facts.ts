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
  /** Rows that were written since the planner last looked at them. */
  modifiedRows: count.nullable().default(null),
  /** Transactions since its oldest row was frozen: autovacuum has to freeze it at `autovacuum_freeze_max_age`. */
  freezeAge: count.nullable().default(null),
  /** From 0 to 1: pages that an index-only scan needs not look at. */
  allVisibleShare: z.number().min(0).max(1).nullable().default(null),
  /** Percent to which pages are filled; 100 where nobody set it. */
  fillFactor: count.nullable().default(null),
  /** Of the heap, in the server's shared buffers; null = pg_buffercache is not there, or may not be read. */
  cachedBytes: count.nullable().default(null),
});
export type TableFacts = z.infer<typeof table>;

const index = z.strictObject({
  /** `schema.name`, as that of its table. */
  name: z.string(),
  table: z.string(),
  /** As `pg_am` has it, such as `btree`. */
  method: z.string(),
  bytes: count,
  /** Columns and expressions of its key. */
  keyColumns: count,
  isUnique: z.boolean(),
  /** False = a build that failed left it, or it is being built. */
  isValid: z.boolean(),
  isPartial: z.boolean(),
  fillFactor: count,
  /** How often the server read it since its counters were reset. */
  scans: count,
  /** Of a btree over columns, as `bloatShare` of a table. */
  bloatShare: z.number().min(0).max(1).nullable(),
  cachedBytes: count.nullable(),
});
export type IndexFacts = z.infer<typeof index>;

/** What the server's machine is; SQL tells it to a superuser on Linux alone. */
const hardware = z.strictObject({ cpus: count, memoryBytes: count });

const activity = z.strictObject({
  transactionsPerSec: count,
  /** Over which it is the average. */
  seconds: count,
  during: z.enum(['the dump', 'all since its counters were reset']),
});
export type Activity = z.infer<typeof activity>;

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
    startedAt: moment.default(null),
    hasChecksums: z.boolean().nullable().default(null),
    /** Null = it does not tell. */
    hardware: hardware.nullable().default(null),
  }),
  database: z.strictObject({
    name: z.string(),
    bytes: count,
    encoding: z.string(),
    collate: z.string(),
    /** Of the library that sorts; null = it has none, or the server is older than 15. */
    collationVersion: z.string().nullable(),
    /** Of the library that is there now: where it is another one, indexes of texts may be out of order. */
    collationVersionNow: z.string().nullable().default(null),
    freezeAge: count.nullable().default(null),
  }),
  /** Those that are not as PostgreSQL comes, in the server's own words; nothing that may hold a password. */
  settings: z.record(z.string(), z.string()),
  extensions: z.record(z.string(), z.string()),
  tables: z.array(table),
  indexes: z.array(index).default([]),
  /** Of the app and all others; null = nothing long enough to go by. */
  activity: activity.nullable().default(null),
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
  /** Those that the rehearsal takes from it, because it says nothing of them itself. */
  readonly followed: readonly { readonly name: string; readonly value: string }[];
  /** The load follows it; null = the rehearsal says its own rate. */
  readonly activity: Activity | null;
  readonly hardware: SnapshotFacts['server']['hardware'];
  readonly collation: { readonly name: string; readonly version: string | null };
  readonly extensions: Readonly<Record<string, string>>;
  readonly tables: readonly TableFacts[];
  readonly indexes: readonly IndexFacts[];
}
