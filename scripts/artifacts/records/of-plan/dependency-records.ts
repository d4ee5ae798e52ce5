import { z } from 'zod';
import { moment, number, text } from '../primitives.ts';

export const TableIndex = z.object({
  name: text,
  table: text,
  /** Of its expressions nothing is told. */
  columns: z.array(text).readonly(),
  isUnique: z.boolean(),
  isPartial: z.boolean(),
});
export type TableIndex = z.infer<typeof TableIndex>;

export const ForeignKey = z.object({
  name: text,
  /** The referring one. */
  table: text,
  columns: z.array(text).readonly(),
  refersTo: text,
  referred: z.array(text).readonly(),
});
export type ForeignKey = z.infer<typeof ForeignKey>;

/** An enabled trigger that fires for each row. */
export const RowTrigger = z.object({
  name: text,
  table: text,
  function: text,
  events: z.array(z.enum(['insert', 'update', 'delete'])).readonly(),
});
export type RowTrigger = z.infer<typeof RowTrigger>;

export const DependencyChange = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('index-gone'),
    index: TableIndex,
  }),
  z.object({
    kind: z.literal('index-made'),
    index: TableIndex,
  }),
  z.object({
    kind: z.literal('statistics-gone'),
    table: text,
    columns: z.array(text).readonly(),
  }),
  z.object({
    kind: z.literal('key-unindexed'),
    key: ForeignKey,
  }),
  z.object({
    kind: z.literal('trigger-made'),
    trigger: RowTrigger,
  }),
  z.object({
    kind: z.literal('function-changed'),
    name: text,
    indexes: z.array(text).readonly(),
  }),
  z.object({
    kind: z.literal('function-applied'),
    name: text,
    indexes: z.array(text).readonly(),
  }),
  z.object({
    kind: z.literal('published-changed'),
    table: text,
    publications: z.array(text).readonly(),
    added: z.array(text).readonly(),
    dropped: z.array(text).readonly(),
    retyped: z.array(text).readonly(),
  }),
]);
export type DependencyChange = z.infer<typeof DependencyChange>;

/** What the app's statements lean on, as far as a step changed it; in artifacts/schema.ndjson. Names are `schema.name` for tables. */
export const DependencyRecord = z.object({
  type: z.literal('dependencies'),
  step: text,
  tMs: moment,
  changes: z.array(DependencyChange).readonly(),
});
export type DependencyRecord = z.infer<typeof DependencyRecord>;

export const PublishedTable = z.object({
  table: text,
  publications: z.array(text).readonly(),
  /** Types by name. */
  columns: z.record(text, text),
  /** Those that are published; empty = not known, so all of them. */
  listed: z.array(text).readonly(),
});
export type PublishedTable = z.infer<typeof PublishedTable>;

/** Rows updated since the statistics began, by table. */
export const UpdatesRecord = z.object({
  type: z.literal('updates'),
  /** Null with `before` = before the first step, with `after` = at the end of the traffic. */
  step: text.nullable(),
  when: z.enum(['before', 'after']),
  tMs: moment,
  /** Position of the WAL in bytes. */
  walBytes: number,
  /** Of all tables. */
  allUpdated: number,
  /** `hot`: those that touched no index (heap-only tuples). Tables without an update are left out. */
  tables: z
    .array(
      z.object({
        table: text,
        updated: number,
        hot: number,
      }),
    )
    .readonly(),
});
export type UpdatesRecord = z.infer<typeof UpdatesRecord>;

export const RowCountChange = z.object({
  version: text,
  script: text,
  /** Position in the script, from 1. */
  statement: number,
  line: number,
  /** `unwritten`: an INSERT that writes none any more. */
  what: z.enum(['none', 'more', 'unwritten']),
  /** Rows by draw of values. */
  before: z.array(number).readonly(),
  after: z.array(number).readonly(),
  /** Without any, each draw asked the same. */
  hasParameters: z.boolean(),
});
export type RowCountChange = z.infer<typeof RowCountChange>;

/** Statements of scripts that found none or twice as many rows behind a step, with the same values as right before it. */
export const RowCountsRecord = z.object({
  type: z.literal('row-counts'),
  step: text,
  tMs: moment,
  /** Scripts that could be compared. */
  compared: number,
  changes: z.array(RowCountChange).readonly(),
});
export type RowCountsRecord = z.infer<typeof RowCountsRecord>;

export const PlanOperation = z.enum(['insert', 'update', 'delete', 'merge']);
export type PlanOperation = z.infer<typeof PlanOperation>;

export const ScriptPlan = z.object({
  version: text,
  script: text,
  /** Position in the script, from 1. */
  statement: number,
  line: number,
  /** `Limit > Index Scan Backward using links_pkey on links`; several inputs of a node stand in brackets. */
  text: text,
  relations: z.array(text).readonly(),
  indexes: z.array(text).readonly(),
  /** Names in its conditions and sort keys: columns, functions and types, and no constants. */
  names: z.array(text).readonly(),
  writes: z
    .array(
      z.object({
        relation: text,
        operation: PlanOperation,
      }),
    )
    .readonly(),
});
export type ScriptPlan = z.infer<typeof ScriptPlan>;

/** How scripts of the app would be run, by generic plans: all at the start, later those that are other than before. */
export const ScriptPlansRecord = z.object({
  type: z.literal('script-plans'),
  /** Null = before the first step. */
  step: text.nullable(),
  tMs: moment,
  plans: z.array(ScriptPlan).readonly(),
});
export type ScriptPlansRecord = z.infer<typeof ScriptPlansRecord>;

/** Before a deploy: rows that no longer hold what a backfill before it had put there, or never got it. */
export const DriftRecord = z.object({
  type: z.literal('drift'),
  /** Name of the deploy. */
  step: text,
  /** Name of the backfill. */
  backfill: text,
  tMs: moment,
  table: text,
  columns: z.array(text).readonly(),
  /** Rows of the table, and those of them that are other than the backfill's expression says; before the backfill likewise. */
  rows: number,
  other: number,
  otherBefore: number,
  /** Scripts of the versions with traffic until then that write the table and name none of the columns, as `version/script`. */
  writers: z.array(text).readonly(),
});
export type DriftRecord = z.infer<typeof DriftRecord>;
