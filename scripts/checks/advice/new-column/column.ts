import type { MovedColumn } from '../../../artifacts/records/of-plan/moved-column.ts';
import { bareName, newName } from '../../../pg/sql/statement-tree.ts';

/** A new column that takes the place of an old one. */
export interface NewColumn {
  readonly moved: MovedColumn;
  /** As the author wrote it. */
  readonly table: string;
  readonly tableName: string;
  readonly type: string;
  /** Body of the trigger that keeps both alike. */
  readonly sync: string;
  readonly backfill: string;
  /** Told between what goes on beside the app and the swap. */
  readonly before: readonly string[];
  /** The new column takes the old one's name as well. */
  readonly takesName: boolean;
}

/** Triggers fire in the order of their names: behind the last one that may change the row, so that it copies what is written. */
export function syncName({ moved, tableName }: NewColumn): string {
  const { lastTrigger, fresh } = moved;
  const names = [[], ['zz'], ['~']].map((first) => newName(...first, tableName, fresh, 'sync'));
  const isLast = (name: string): boolean =>
    lastTrigger === null || Buffer.compare(Buffer.from(bareName(name)), Buffer.from(lastTrigger)) > 0;
  return names.find(isLast) ?? names[0] ?? '';
}

/** A statement of the catalog's on one line, unless a line's end may belong to a text in it. */
export function ended(sql: string): string {
  return `${oneLine(sql)};`;
}

export function oneLine(sql: string): string {
  return sql.includes("'") ? sql.trim() : sql.trim().replace(/\s*\n\s*/g, ' ');
}
