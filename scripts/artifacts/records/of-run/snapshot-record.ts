import type { MovedColumn } from '../of-plan/moved-column.ts';
import type { RenamedTable } from '../of-plan/renamed-table.ts';

/** artifacts/snapshot.json */
export interface SnapshotRecord {
  readonly kind: 'plain' | 'archive' | 'generator' | 'command';
  /** Of the source file's bytes; of the generator's text; of the command line. */
  readonly sha256: string;
  /** As stated by the author; null = not stated. */
  readonly takenAt: string | null;
  /** Size of the source in bytes. */
  readonly sourceBytes: number;
  /** Size of the restored database. */
  readonly bytes: number;
  /** Until it was ready: by a restore, or by the copy of a base. */
  readonly restoreMs: number;
  /** The copy of a database that an earlier run restored; absent where this one did. */
  readonly base?: { readonly madeInMs: number };
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly bytes: number }[];
  /** Who owns tables and is no superuser, by how many. Absent in older runs. */
  readonly owners?: readonly { readonly role: string; readonly tables: number }[];
  readonly extensions: readonly string[];
  /** A key of each table that has one. Absent in older runs. */
  readonly keys?: readonly RowKey[];
  /** Columns that the plan renames or gives another type. Absent in older runs. */
  readonly moved?: readonly MovedColumn[];
  /** Tables that the plan renames. Absent in older runs. */
  readonly renamed?: readonly RenamedTable[];
  /** Sequences that have few numbers left. Absent in older runs. */
  readonly nearEnds?: readonly NearEnd[];
  /** What the restore left out (owners, extensions that are not here), as sentences. */
  readonly warnings: readonly string[];
}

interface NearEnd {
  /** `schema.name` */
  readonly sequence: string;
  /** `table.column` that it fills; null = none is known. */
  readonly column: string | null;
  /** Of the column, where that ends first; null = the sequence's own MAXVALUE does. */
  readonly columnType: string | null;
  readonly numbersLeft: number;
  /** Given out already, from 0 to 1 of all that there are. */
  readonly usedShare: number;
}

/** Columns that name one row of a table: unique together and NOT NULL. */
export interface RowKey {
  /** `schema.name` */
  readonly relation: string;
  readonly columns: readonly string[];
  /** A column that any UPDATE may set, rather one outside the key. Absent where there is none, and in older runs. */
  readonly settable?: string;
}
