import { z } from 'zod';
import { MovedColumn } from '../of-plan/moved-column.ts';
import { RenamedTable } from '../of-plan/renamed-table.ts';
import { number, text } from '../primitives.ts';
import { DriftRecord } from './drift-record.ts';

/** Columns that name one row of a table: unique together and NOT NULL. */
export const RowKey = z.object({
  /** `schema.name` */
  relation: text,
  columns: z.array(text).readonly(),
  /** A column that any UPDATE may set, rather one outside the key. Absent where there is none, and in older runs. */
  settable: text.exactOptional(),
});
export type RowKey = z.infer<typeof RowKey>;

const NearEnd = z.object({
  /** `schema.name` */
  sequence: text,
  /** `table.column` that it fills; null = none is known. */
  column: text.nullable(),
  /** Of the column, where that ends first; null = the sequence's own MAXVALUE does. */
  columnType: text.nullable(),
  numbersLeft: number,
  /** Given out already, from 0 to 1 of all that there are. */
  usedShare: number,
});

/** What of a copy of production can reach what is outside of it. */
export const DISARMED_KINDS = [
  'subscription',
  'foreign server',
  'foreign table',
  'user mapping',
  'functions of extension',
  'function',
  'event trigger',
  'scheduled job',
  'setting',
  'file',
  'replication slot',
  'tablespace',
  'password',
  'setting of a role or database',
  'prepared transaction',
  'database',
] as const;

const Disarmed = z.object({
  kind: z.enum(DISARMED_KINDS),
  name: text,
});
export type Disarmed = z.infer<typeof Disarmed>;

/** artifacts/snapshot.json */
export const SnapshotRecord = z.object({
  kind: z.enum(['plain', 'archive', 'physical', 'generator', 'synthetic', 'command']),
  /** Of the source file's bytes; of the pg_control of a data folder; of the generator's text; of the command line. */
  sha256: text,
  /** As stated by the author; null = not stated. */
  takenAt: text.nullable(),
  /** Size of the source in bytes. */
  sourceBytes: number,
  /** Size of the restored database. */
  bytes: number,
  /** Until it was ready: by a restore, or by the copy of a base. */
  restoreMs: number,
  /** The copy of a database that an earlier run restored; absent where this one did. */
  base: z
    .object({
      madeInMs: number,
    })
    .exactOptional(),
  tables: z
    .array(
      z.object({
        name: text,
        rows: number,
        bytes: number,
      }),
    )
    .readonly(),
  /** Who owns tables and is no superuser, by how many. Absent in older runs. */
  owners: z
    .array(
      z.object({
        role: text,
        tables: number,
      }),
    )
    .readonly()
    .exactOptional(),
  extensions: z.array(text).readonly(),
  /** A key of each table that has one. Absent in older runs. */
  keys: z.array(RowKey).readonly().exactOptional(),
  /** Columns that the plan renames or gives another type. Absent in older runs. */
  moved: z.array(MovedColumn).readonly().exactOptional(),
  /** Tables that the plan renames. Absent in older runs. */
  renamed: z.array(RenamedTable).readonly().exactOptional(),
  /** Sequences that have few numbers left. Absent in older runs. */
  nearEnds: z.array(NearEnd).readonly().exactOptional(),
  /** How it differs from production, as far as that is known. Absent where nothing is. */
  drift: DriftRecord.exactOptional(),
  /** What was made harmless before the rehearsal began. Absent in older runs. */
  disarmed: z.array(Disarmed).readonly().exactOptional(),
  /** What the restore left out (owners, extensions that are not here), as sentences. */
  warnings: z.array(text).readonly(),
});
export type SnapshotRecord = z.infer<typeof SnapshotRecord>;
