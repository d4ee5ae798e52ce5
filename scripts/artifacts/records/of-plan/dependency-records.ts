/** What the app's statements lean on, as far as a step changed it; in artifacts/schema.ndjson. Names are `schema.name` for tables. */
export interface DependencyRecord {
  readonly type: 'dependencies';
  readonly step: string;
  readonly tMs: number;
  readonly changes: readonly DependencyChange[];
}

export type DependencyChange =
  | { readonly kind: 'index-gone'; readonly index: TableIndex }
  | { readonly kind: 'index-made'; readonly index: TableIndex }
  /** The columns are there, what ANALYZE knew of them is not. */
  | { readonly kind: 'statistics-gone'; readonly table: string; readonly columns: readonly string[] }
  /** No index leads with the columns of a foreign key that was added, or one that did is gone. */
  | { readonly kind: 'key-unindexed'; readonly key: ForeignKey }
  | { readonly kind: 'trigger-made'; readonly trigger: RowTrigger }
  /** Its entries are those of the definition before. */
  | { readonly kind: 'function-changed'; readonly name: string; readonly indexes: readonly string[] }
  /** Indexes that are gone or were built anew, by the function's definition of then. */
  | { readonly kind: 'function-applied'; readonly name: string; readonly indexes: readonly string[] }
  | {
      readonly kind: 'published-changed';
      readonly table: string;
      readonly publications: readonly string[];
      readonly added: readonly string[];
      readonly dropped: readonly string[];
      readonly retyped: readonly string[];
    };

export interface TableIndex {
  readonly name: string;
  readonly table: string;
  /** Of its expressions nothing is told. */
  readonly columns: readonly string[];
  readonly isUnique: boolean;
  readonly isPartial: boolean;
}

export interface ForeignKey {
  readonly name: string;
  /** The referring one. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly refersTo: string;
  readonly referred: readonly string[];
}

/** An enabled trigger that fires for each row. */
export interface RowTrigger {
  readonly name: string;
  readonly table: string;
  readonly function: string;
  readonly events: readonly ('insert' | 'update' | 'delete')[];
}

export interface PublishedTable {
  readonly table: string;
  readonly publications: readonly string[];
  /** Types by name. */
  readonly columns: Readonly<Record<string, string>>;
  /** Those that are published; empty = not known, so all of them. */
  readonly listed: readonly string[];
}

/** Rows updated since the statistics began, by table. */
export interface UpdatesRecord {
  readonly type: 'updates';
  /** Null with `before` = before the first step, with `after` = at the end of the traffic. */
  readonly step: string | null;
  readonly when: 'before' | 'after';
  readonly tMs: number;
  /** Position of the WAL in bytes. */
  readonly walBytes: number;
  /** Of all tables. */
  readonly allUpdated: number;
  /** `hot`: those that touched no index (heap-only tuples). Tables without an update are left out. */
  readonly tables: readonly { readonly table: string; readonly updated: number; readonly hot: number }[];
}

/** Statements of scripts that found none or twice as many rows behind a step, with the same values as right before it. */
export interface RowCountsRecord {
  readonly type: 'row-counts';
  readonly step: string;
  readonly tMs: number;
  /** Scripts that could be compared. */
  readonly compared: number;
  readonly changes: readonly RowCountChange[];
}

export interface RowCountChange {
  readonly version: string;
  readonly script: string;
  /** Position in the script, from 1. */
  readonly statement: number;
  readonly line: number;
  /** `unwritten`: an INSERT that writes none any more. */
  readonly what: 'none' | 'more' | 'unwritten';
  /** Rows by draw of values. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Without any, each draw asked the same. */
  readonly hasParameters: boolean;
}

/** How scripts of the app would be run, by generic plans: all at the start, later those that are other than before. */
export interface ScriptPlansRecord {
  readonly type: 'script-plans';
  /** Null = before the first step. */
  readonly step: string | null;
  readonly tMs: number;
  readonly plans: readonly ScriptPlan[];
}

export interface ScriptPlan {
  readonly version: string;
  readonly script: string;
  /** Position in the script, from 1. */
  readonly statement: number;
  readonly line: number;
  /** `Limit > Index Scan Backward using links_pkey on links`; several inputs of a node stand in brackets. */
  readonly text: string;
  readonly relations: readonly string[];
  readonly indexes: readonly string[];
  /** Names in its conditions and sort keys: columns, functions and types, and no constants. */
  readonly names: readonly string[];
  readonly writes: readonly { readonly relation: string; readonly operation: PlanOperation }[];
}

export type PlanOperation = 'insert' | 'update' | 'delete' | 'merge';

/** Before a deploy: rows that no longer hold what a backfill before it had put there, or never got it. */
export interface DriftRecord {
  readonly type: 'drift';
  /** Name of the deploy. */
  readonly step: string;
  /** Name of the backfill. */
  readonly backfill: string;
  readonly tMs: number;
  readonly table: string;
  readonly columns: readonly string[];
  /** Rows of the table, and those of them that are other than the backfill's expression says; before the backfill likewise. */
  readonly rows: number;
  readonly other: number;
  readonly otherBefore: number;
  /** Scripts of the versions with traffic until then that write the table and name none of the columns, as `version/script`. */
  readonly writers: readonly string[];
}
