import { z } from 'zod';
import {
  DependencyRecord,
  RowCountsRecord,
  ScriptPlansRecord,
  DriftRecord,
  UpdatesRecord,
} from './dependency-records.ts';
import { BesideQuietRecord } from './fingerprint-record.ts';
import { moment, number, text } from '../primitives.ts';

export const UNFINISHED_KINDS = [
  'index',
  'partitioned-index',
  'constraint',
  'domain-constraint',
  'detached-partition',
  'trigger',
  'prepared-transaction',
  'unlogged-table',
  'replication-slot',
] as const;

const WAYS_TO_LOSE_ROWS = [
  'dropped',
  'made-anew',
  'copied-in-part',
  'replaced',
  'emptied',
  'refilled-in-part',
  'thinned-out',
  'taken-out',
] as const;

const SKIPPING_CLAUSES = ['if-not-exists', 'if-exists'] as const;

/**
 * `index`: pg_index.indisvalid, indisready or indislive is false. `partitioned-index`: one that not every partition has.
 * `constraint`: NOT VALID. `detached-partition`: pg_inherits.inhdetachpending. `trigger`: disabled; `isPart`: all that keep a constraint on one table, told once by the constraint's name.
 * `prepared-transaction`: neither committed nor rolled back, of this database; its `oid` is its transaction, its `name` a literal. `unlogged-table`: relpersistence.
 * `replication-slot`: a logical one that nobody reads; its `name` is a literal.
 */
export const UnfinishedObject = z.object({
  kind: z.enum(UNFINISHED_KINDS),
  oid: number,
  /** Quoted as SQL takes it; qualified with the schema where the kind has one. */
  name: text,
  /** The table, or of a partition its parent; quoted and qualified. Empty where there is none. */
  relation: text,
  /** An index that is part of a partitioned one cannot be dropped alone. */
  isPart: z.boolean(),
  /** Partitions without the index; of a prepared transaction the relations that it keeps locked. */
  lacking: z.array(text).readonly(),
});
export type UnfinishedObject = z.infer<typeof UnfinishedObject>;

/** Everything unfinished in the database at one look. */
export const UnfinishedRecord = z.object({
  type: z.literal('unfinished'),
  /** Null = before the first step. */
  step: text.nullable(),
  /** The try that had just failed; null = the step had ended. */
  attempt: number.nullable(),
  tMs: moment,
  objects: z.array(UnfinishedObject).readonly(),
});
export type UnfinishedRecord = z.infer<typeof UnfinishedRecord>;

export const LostRows = z.object({
  /** `schema.name` as before the plan. */
  table: text,
  /**
   * `made-anew`: another table, with other rows, has its name; `copied-in-part`: with some of its rows, but not with all.
   * `replaced`: another one has its name, and this one is there still under another name.
   * `emptied`: no row of before is left, but there may be new ones; `refilled-in-part`: as many as before were not put in again.
   * `thinned-out`: rows of before are left, as by a DELETE with a condition.
   * `taken-out`: it is there with its rows, and no longer a part of `outOf`.
   */
  how: z.enum(WAYS_TO_LOSE_ROWS),
  /** Before the plan, by the statistics; the snapshot's stock knows better. */
  estimatedRows: number,
  /** So many rows more (or fewer) were there when the step began, at least; older runs have none. */
  changedRows: number.optional(),
  /** Rows that were deleted from it while the step ran, without those that the app deletes; of `thinned-out` only. */
  deletedRows: number.optional(),
  /** Rows that are there now, or in what came in its stead, up to the count that would have refuted the loss. Null where they could not be counted. */
  rowsLeft: number.nullable(),
  /** `schema.name` of the topmost table that it was a part of. */
  outOf: text.optional(),
  /** `schema.name` of each table that it was a part of, before the step or behind it, nearest first; absent where it was none's. */
  partOf: z.array(text).readonly().optional(),
});
export type LostRows = z.infer<typeof LostRows>;

/** Tables that were there before the plan and whose rows were gone when a step had ended. */
export const LostRowsRecord = z.object({
  type: z.literal('lost-rows'),
  step: text,
  tMs: moment,
  tables: z.array(LostRows).readonly(),
});
export type LostRowsRecord = z.infer<typeof LostRowsRecord>;

/** Values of a column that are others behind a change of its type, and that no cast gives back. Counted without looking at them. */
export const LostValues = z.object({
  /** `schema.name` */
  table: text,
  column: text,
  /** Rows that had a value. */
  rows: number,
  /** Those that have none any more. */
  emptied: number,
  /** Those whose value is that of others by now, or is another when it is cast back. */
  changed: number,
});
export type LostValues = z.infer<typeof LostValues>;

export const LostValuesRecord = z.object({
  ...LostValues.shape,
  type: z.literal('lost-values'),
  step: text,
  /** Position in the step. */
  statement: number.nullable(),
  tMs: moment,
});
export type LostValuesRecord = z.infer<typeof LostValuesRecord>;

export const WholeTable = z.object({
  /** `schema.name` before the command. */
  table: text,
  /** Its storage is another one: rewritten, or emptied by TRUNCATE. */
  isRewritten: z.boolean(),
  /** Rows that sequential scans of anybody read meanwhile; 0 = less than half of the table. */
  readRows: number,
});
export type WholeTable = z.infer<typeof WholeTable>;

/** Tables that a command went through from one end to the other, by what was there before and behind it. Older runs have none. */
const WholeTablesRecord = z.object({
  type: z.literal('whole-tables'),
  step: text,
  tMs: moment,
  tables: z.array(WholeTable).readonly(),
});

export const SchemaObject = z.object({
  /** As people call it: `view`, `foreign key`, `function`, `column` … */
  kind: text,
  /** `schema.name`, or the name alone where it is part of a relation. */
  name: text,
  /** The relation that it is part of; null where it stands for itself. */
  relation: text.nullable(),
});
export type SchemaObject = z.infer<typeof SchemaObject>;

/** Objects that a statement with CASCADE took along, without those that it names and what is part of them. */
export const FallenRecord = z.object({
  type: z.literal('fallen'),
  step: text,
  /** Position in the step; null where several of one transaction can have done it, and of a foreign program's. */
  statement: number.nullable(),
  /** Of a foreign program: the statement without its constants. */
  sql: text.exactOptional(),
  tMs: moment,
  objects: z.array(SchemaObject).readonly(),
});
export type FallenRecord = z.infer<typeof FallenRecord>;

/** What had fallen and was there again when a step had ended. */
const MadeAgainRecord = z.object({
  type: z.literal('made-again'),
  step: text,
  tMs: moment,
  objects: z.array(SchemaObject).readonly(),
});

export const BrokenConstraint = z.object({
  oid: number,
  kind: z.enum(['foreign key', 'check']),
  name: text,
  /** `schema.name` of the table whose rows break it. */
  relation: text,
  /** Rows that break it, up to a million; null where they could not be counted. */
  rows: number.nullable(),
  /** Before the step. */
  rowsBefore: number.nullable(),
});
export type BrokenConstraint = z.infer<typeof BrokenConstraint>;

/** Constraints that the catalog calls valid and that rows break, more than before the step; an empty list = none any more. */
const BrokenRowsRecord = z.object({
  type: z.literal('broken-rows'),
  step: text,
  tMs: moment,
  constraints: z.array(BrokenConstraint).readonly(),
});

export const RowsSince = z.object({
  /** `before` the plan, `during` a step, or `ahead` of it: behind the step before. */
  when: z.enum(['before', 'during', 'ahead']),
  /** Null = before the plan. */
  step: text.nullable(),
  rows: number,
});
export type RowsSince = z.infer<typeof RowsSince>;

/** Rows for which a statement of a step was refused (23502, 23505, 23514), by the time since which they are as they are. */
export const RefusedRowsRecord = z.object({
  type: z.literal('refused-rows'),
  step: text,
  tMs: moment,
  /** `schema.name` */
  relation: text,
  since: z.array(RowsSince).readonly(),
});
export type RefusedRowsRecord = z.infer<typeof RefusedRowsRecord>;

/** A statement that IF [NOT] EXISTS skipped though what is there is not what it asks for; told again where that changed. */
export const SkippedRecord = z.object({
  type: z.literal('skipped'),
  step: text,
  /** Position in the step; null = a foreign program sent it. */
  statement: number.nullable(),
  tMs: moment,
  clause: z.enum(SKIPPING_CLAUSES),
  /** What it asked for or was to remove, as `index orders_state`. */
  object: text,
  /**
   * `if-not-exists`: how what is there differs, as `it is not UNIQUE`. `if-exists`: what it can have meant. Empty = nothing any more.
   */
  found: z.array(text).readonly(),
});
export type SkippedRecord = z.infer<typeof SkippedRecord>;

/** Every table and materialized view before the plan, as `schema.name`. Older runs have none. */
const TablesRecord = z.object({
  type: z.literal('tables'),
  tMs: moment,
  tables: z.array(text).readonly(),
});

/** Of these, those whose name after a step is not the one of the look before. */
export const RenamedRecord = z.object({
  type: z.literal('renamed'),
  step: text,
  tMs: moment,
  tables: z
    .array(
      z.object({
        /** Before the plan. */
        first: text,
        now: text,
      }),
    )
    .readonly(),
});
export type RenamedRecord = z.infer<typeof RenamedRecord>;

/** artifacts/schema.ndjson: what the plan left in the database, in order of time. Older runs have none. */
export const SchemaRecord = z.discriminatedUnion('type', [
  UnfinishedRecord,
  LostRowsRecord,
  LostValuesRecord,
  WholeTablesRecord,
  FallenRecord,
  MadeAgainRecord,
  BrokenRowsRecord,
  RefusedRowsRecord,
  SkippedRecord,
  TablesRecord,
  RenamedRecord,
  DependencyRecord,
  ScriptPlansRecord,
  RowCountsRecord,
  UpdatesRecord,
  DriftRecord,
  BesideQuietRecord,
]);
export type SchemaRecord = z.infer<typeof SchemaRecord>;
