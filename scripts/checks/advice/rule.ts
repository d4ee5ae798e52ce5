import type { RangeVar } from 'libpg-query';
import type { MovedColumn } from '../../artifacts/records/of-plan/moved-column.ts';
import type { RenamedTable } from '../../artifacts/records/of-plan/renamed-table.ts';
import { quoted, type StatementTree } from '../../pg/sql/statement-tree.ts';

/** What was measured of the statement and may change the advice. */
export interface AdviceFacts {
  /** Relations whose storage was replaced. */
  readonly rewrote: readonly string[];
  /** Rows that the statement changed. */
  readonly rows: number | null;
  /** ` (4.1 M rows)` for a table whose size is known, else empty. */
  readonly sizeOf: (relation: string) => string;
  /** Its partitions were locked with it. */
  readonly isPartitioned: (relation: string) => boolean;
  /** Partitions of some table were locked by it. */
  readonly touchesPartitions: boolean;
  /** Another statement of the plan ran in its transaction. */
  readonly sharesTransaction: boolean;
  /** The other statements of its step. */
  readonly beside: readonly string[];
  /** Tables of the snapshot that it locked so that reads or writes of the app would wait. */
  readonly lockedTables: number;
  /** Columns that name one row of a relation of the snapshot, the primary key first; undefined where none are known. */
  readonly keyOf: (relation: RangeVar) => readonly string[] | undefined;
  /** What hangs on a column that the plan moves, as the snapshot has it; undefined where it is not known. */
  readonly movedOf: (relation: RangeVar, column: string) => MovedColumn | undefined;
  /** Likewise of a table that it renames. */
  readonly renamedOf: (relation: RangeVar) => RenamedTable | undefined;
  /** Live app versions that fail because of it. */
  readonly brokenVersions: readonly string[];
}

export interface Advice {
  /** What PostgreSQL did there, as a sentence; null = nothing worth saying. */
  readonly effect: string | null;
  /** What to write instead, as one sentence. */
  readonly advice: string;
  /** Copyable SQL. */
  readonly insteadSql: string | null;
}

/** What a backfill of the table that an ALTER TABLE or RENAME changes goes along; one that has no single key is left to the author. */
export function backfillKey({ node }: StatementTree, facts: AdviceFacts): string {
  const relation =
    'AlterTableStmt' in node
      ? node.AlterTableStmt.relation
      : 'RenameStmt' in node
        ? node.RenameStmt.relation
        : undefined;
  const [only, second] = (relation && facts.keyOf(relation)) ?? [];
  return only === undefined || second !== undefined ? '<primary key>' : quoted(only);
}

/** Undefined where the statement is none of the rule's. */
export type AdviceRule = (statement: StatementTree, facts: AdviceFacts) => Advice | undefined;

/** The backfill of a step of the plan, on one line. @param key a column, quoted where it must be */
export function backfillStep(table: string, key: string, set: string, where: string): string {
  return `{ table: ${yaml(table)}, key: ${yaml(key)}, set: ${JSON.stringify(set)}, where: ${JSON.stringify(where)} }`;
}

export function yaml(name: string): string {
  return name.includes('"') ? JSON.stringify(name) : name;
}
