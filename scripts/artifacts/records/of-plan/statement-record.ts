import { z } from 'zod';
import { moment, number, text } from '../primitives.ts';

export const StepError = z.object({
  sqlstate: text.nullable(),
  /** Without row values. */
  message: text,
  hint: text.nullable(),
  file: text.nullable(),
  /** Line in `file`, from 1. */
  line: number.nullable(),
  /** A few lines of SQL with a caret under the place; null where PostgreSQL gave no position. */
  excerpt: text.nullable(),
});
export type StepError = z.infer<typeof StepError>;

export const LockEntry = z.object({
  /** `schema.name` */
  relation: text,
  /** As in pg_locks, such as AccessExclusiveLock. */
  mode: text,
  /** False where the relation did not exist before the step: nobody else can wait for it. */
  existedBefore: z.boolean(),
  /** The topmost partitioned table, or index, that the relation is a part of. */
  partitionOf: text.exactOptional(),
});
export type LockEntry = z.infer<typeof LockEntry>;

/** NOTICE or WARNING without anything of a row. */
export const StatementNotice = z.object({
  severity: z.enum(['NOTICE', 'WARNING']),
  sqlstate: text,
  message: text,
  /** Of `drop cascades to 3 other objects`: each of them, as `view v`. */
  objects: z.array(text).readonly().exactOptional(),
  /** How often it was said. */
  count: number,
});
export type StatementNotice = z.infer<typeof StatementNotice>;

/** Entries of the server's shared lock table. */
export const LockSlots = z.object({
  /** Taken by the whole transaction after the statement; locks on the fast path (weak, and few) take none. */
  used: number,
  /** `max_locks_per_transaction`: the share of one session, which it may exceed while others leave theirs. */
  perTransaction: number,
  /** For all sessions together; beyond it PostgreSQL fails with 53200, out of shared memory. */
  total: number,
});
export type LockSlots = z.infer<typeof LockSlots>;

export const ScannedTable = z.object({
  /** `schema.name` */
  relation: text,
  /** Rows that sequential scans read of it. */
  rows: number,
});
export type ScannedTable = z.infer<typeof ScannedTable>;

/** One statement of a sql step as it ran (each try of it has its own record). */
export const StatementRecord = z.object({
  type: z.literal('statement'),
  step: text,
  /** Position in the step, from 1, over all its files. */
  index: number,
  attempt: number,
  file: text,
  line: number,
  /** The author's bytes. */
  sql: text,
  /** Command tag such as `ALTER TABLE`; null after an error. */
  command: text.nullable(),
  /** When it was sent. */
  sentMs: moment,
  /** When its own answer had arrived. */
  respondedMs: moment,
  /** When its transaction had ended, or ROLLBACK TO had undone it: its locks were free from here on. */
  releasedMs: moment,
  rows: number.nullable(),
  /** How the lock set was seen: inside its own transaction (exact), from outside every 10 ms, or not at all. */
  capture: z.enum(['transaction', 'outside', 'none']),
  /** What this statement took: relation and mode were not held by its transaction before it. */
  newLocks: z.array(LockEntry).readonly(),
  /**
   * The statement of its step and try to whose locks those here come in addition: together with what that one itself builds on they
   * are all that the transaction held by then. Absent where there was none, and in older runs.
   */
  heldWith: number.exactOptional(),
  /** Only in older runs: all that its transaction held behind it, instead of `heldWith`. */
  locks: z.array(LockEntry).readonly().exactOptional(),
  rewrote: z.array(text).readonly(),
  walBytes: number.nullable(),
  /** Of what it locked, named or made, against the last look that met it: the step's beginning for what the step names. */
  sizeChangeBytes: number.nullable(),
  pid: number,
  error: StepError.nullable(),
  /** What the server said beside its answer, alike ones once. Absent where it said nothing, and in older runs. */
  notices: z.array(StatementNotice).readonly().exactOptional(),
  /** Absent where the locks were not read inside the transaction. */
  lockSlots: LockSlots.exactOptional(),
  /** Absent where nothing was read by a sequential scan, or nobody could see it. */
  scanned: z.array(ScannedTable).readonly().exactOptional(),
});
export type StatementRecord = z.infer<typeof StatementRecord>;
