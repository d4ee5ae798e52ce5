import type {
  DependencyRecord,
  RowCountsRecord,
  ScriptPlansRecord,
  DriftRecord,
  UpdatesRecord,
} from './dependency-records.ts';

/** artifacts/schema.ndjson: what the plan left in the database, in order of time. Older runs have none. */
export type SchemaRecord =
  | UnfinishedRecord
  | LostRowsRecord
  | LostValuesRecord
  | WholeTablesRecord
  | FallenRecord
  | MadeAgainRecord
  | BrokenRowsRecord
  | RefusedRowsRecord
  | SkippedRecord
  | TablesRecord
  | RenamedRecord
  | DependencyRecord
  | ScriptPlansRecord
  | RowCountsRecord
  | UpdatesRecord
  | DriftRecord;

/** Everything unfinished in the database at one look. */
export interface UnfinishedRecord {
  readonly type: 'unfinished';
  /** Null = before the first step. */
  readonly step: string | null;
  /** The try that had just failed; null = the step had ended. */
  readonly attempt: number | null;
  readonly tMs: number;
  readonly objects: readonly UnfinishedObject[];
}

export const UNFINISHED_KINDS = [
  'index',
  'partitioned-index',
  'constraint',
  'detached-partition',
  'trigger',
  'prepared-transaction',
  'unlogged-table',
  'replication-slot',
] as const;

/**
 * `index`: pg_index.indisvalid, indisready or indislive is false. `partitioned-index`: one that not every partition has.
 * `constraint`: NOT VALID. `detached-partition`: pg_inherits.inhdetachpending. `trigger`: disabled; `isPart`: all that keep a constraint on one table, told once by the constraint's name.
 * `prepared-transaction`: neither committed nor rolled back, of this database; its `oid` is its transaction, its `name` a literal. `unlogged-table`: relpersistence.
 * `replication-slot`: a logical one that nobody reads; its `name` is a literal.
 */
export interface UnfinishedObject {
  readonly kind: (typeof UNFINISHED_KINDS)[number];
  readonly oid: number;
  /** Quoted as SQL takes it; qualified with the schema where the kind has one. */
  readonly name: string;
  /** The table, or of a partition its parent; quoted and qualified. Empty where there is none. */
  readonly relation: string;
  /** An index that is part of a partitioned one cannot be dropped alone. */
  readonly isPart: boolean;
  /** Partitions without the index; of a prepared transaction the relations that it keeps locked. */
  readonly lacking: readonly string[];
}

/** Tables that were there before the plan and whose rows were gone when a step had ended. */
export interface LostRowsRecord {
  readonly type: 'lost-rows';
  readonly step: string;
  readonly tMs: number;
  readonly tables: readonly LostRows[];
}

/** Rows for which a statement of a step was refused (23502, 23505, 23514), by the time since which they are as they are. */
export interface RefusedRowsRecord {
  readonly type: 'refused-rows';
  readonly step: string;
  readonly tMs: number;
  /** `schema.name` */
  readonly relation: string;
  readonly since: readonly RowsSince[];
}

export interface RowsSince {
  /** `before` the plan, `during` a step, or `ahead` of it: behind the step before. */
  readonly when: 'before' | 'during' | 'ahead';
  /** Null = before the plan. */
  readonly step: string | null;
  readonly rows: number;
}

export const WAYS_TO_LOSE_ROWS = [
  'dropped',
  'made-anew',
  'copied-in-part',
  'replaced',
  'emptied',
  'refilled-in-part',
  'thinned-out',
  'taken-out',
] as const;

export interface LostRows {
  /** `schema.name` as before the plan. */
  readonly table: string;
  /**
   * `made-anew`: another table, with other rows, has its name; `copied-in-part`: with some of its rows, but not with all.
   * `replaced`: another one has its name, and this one is there still under another name.
   * `emptied`: no row of before is left, but there may be new ones; `refilled-in-part`: as many as before were not put in again.
   * `thinned-out`: rows of before are left, as by a DELETE with a condition.
   * `taken-out`: it is there with its rows, and no longer a part of `outOf`.
   */
  readonly how: (typeof WAYS_TO_LOSE_ROWS)[number];
  /** Before the plan, by the statistics; the snapshot's stock knows better. */
  readonly estimatedRows: number;
  /** So many rows more (or fewer) were there when the step began, at least; older runs have none. */
  readonly changedRows?: number | undefined;
  /** Rows that were deleted from it while the step ran, without those that the app deletes; of `thinned-out` only. */
  readonly deletedRows?: number | undefined;
  /** Rows that are there now, or in what came in its stead, up to the count that would have refuted the loss. Null where they could not be counted. */
  readonly rowsLeft: number | null;
  /** `schema.name` of the topmost table that it was a part of. */
  readonly outOf?: string | undefined;
  /** `schema.name` of each table that it was a part of, before the step or behind it, nearest first; absent where it was none's. */
  readonly partOf?: readonly string[] | undefined;
}

/** Values of a column that are others behind a change of its type, and that no cast gives back. Counted without looking at them. */
export interface LostValues {
  /** `schema.name` */
  readonly table: string;
  readonly column: string;
  /** Rows that had a value. */
  readonly rows: number;
  /** Those that have none any more. */
  readonly emptied: number;
  /** Those whose value is that of others by now, or is another when it is cast back. */
  readonly changed: number;
}

export interface LostValuesRecord extends LostValues {
  readonly type: 'lost-values';
  readonly step: string;
  /** Position in the step. */
  readonly statement: number | null;
  readonly tMs: number;
}

/** Objects that a statement with CASCADE took along, without those that it names and what is part of them. */
export interface FallenRecord {
  readonly type: 'fallen';
  readonly step: string;
  /** Position in the step; null where several of one transaction can have done it, and of a foreign program's. */
  readonly statement: number | null;
  /** Of a foreign program: the statement without its constants. */
  readonly sql?: string;
  readonly tMs: number;
  readonly objects: readonly SchemaObject[];
}

/** What had fallen and was there again when a step had ended. */
interface MadeAgainRecord {
  readonly type: 'made-again';
  readonly step: string;
  readonly tMs: number;
  readonly objects: readonly SchemaObject[];
}

export interface SchemaObject {
  /** As people call it: `view`, `foreign key`, `function`, `column` … */
  readonly kind: string;
  /** `schema.name`, or the name alone where it is part of a relation. */
  readonly name: string;
  /** The relation that it is part of; null where it stands for itself. */
  readonly relation: string | null;
}

/** Constraints that the catalog calls valid and that rows break, more than before the step; an empty list = none any more. */
interface BrokenRowsRecord {
  readonly type: 'broken-rows';
  readonly step: string;
  readonly tMs: number;
  readonly constraints: readonly BrokenConstraint[];
}

export interface BrokenConstraint {
  readonly oid: number;
  readonly kind: 'foreign key' | 'check';
  readonly name: string;
  /** `schema.name` of the table whose rows break it. */
  readonly relation: string;
  /** Rows that break it, up to a million; null where they could not be counted. */
  readonly rows: number | null;
  /** Before the step. */
  readonly rowsBefore: number | null;
}

/** Every table and materialized view before the plan, as `schema.name`. Older runs have none. */
interface TablesRecord {
  readonly type: 'tables';
  readonly tMs: number;
  readonly tables: readonly string[];
}

/** Of these, those whose name after a step is not the one of the look before. */
export interface RenamedRecord {
  readonly type: 'renamed';
  readonly step: string;
  readonly tMs: number;
  readonly tables: readonly {
    /** Before the plan. */
    readonly first: string;
    readonly now: string;
  }[];
}

export const SKIPPING_CLAUSES = ['if-not-exists', 'if-exists'] as const;

/** A statement that IF [NOT] EXISTS skipped though what is there is not what it asks for; told again where that changed. */
export interface SkippedRecord {
  readonly type: 'skipped';
  readonly step: string;
  /** Position in the step; null = a foreign program sent it. */
  readonly statement: number | null;
  readonly tMs: number;
  readonly clause: (typeof SKIPPING_CLAUSES)[number];
  /** What it asked for or was to remove, as `index orders_state`. */
  readonly object: string;
  /**
   * `if-not-exists`: how what is there differs, as `it is not UNIQUE`. `if-exists`: what it can have meant. Empty = nothing any more.
   */
  readonly found: readonly string[];
}

/** Tables that a command went through from one end to the other, by what was there before and behind it. Older runs have none. */
interface WholeTablesRecord {
  readonly type: 'whole-tables';
  readonly step: string;
  readonly tMs: number;
  readonly tables: readonly WholeTable[];
}

export interface WholeTable {
  /** `schema.name` before the command. */
  readonly table: string;
  /** Its storage is another one: rewritten, or emptied by TRUNCATE. */
  readonly isRewritten: boolean;
  /** Rows that sequential scans of anybody read meanwhile; 0 = less than half of the table. */
  readonly readRows: number;
}
