import type { MovedColumn } from '../../../artifacts/records/moved-column.ts';
import { bareName, newName, quoted } from '../../../pg/sql/statement-tree.ts';
import { provenNotNull } from '../proven-not-null.ts';
import { syncTrigger } from '../sync-trigger.ts';
import { handedOver } from './handed-over.ts';

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

/** All SQL of the move, a statement a line where the catalog's own texts are; undefined where something cannot be moved by SQL. */
export function newColumnSql(column: NewColumn): string[] | undefined {
  const { moved, table, type, sync, backfill } = column;
  if (moved.others.length > 0) return undefined;
  const fresh = quoted(moved.fresh);
  const collation = moved.collation === null ? '' : ` collate ${moved.collation}`;
  return [
    `alter table ${table} add column ${fresh} ${type}${collation};`,
    ...[...moved.settings, ...moved.grants].map(ended),
    ...syncTrigger(table, syncName(column), sync),
    `-- then a step of the plan: backfill: ${backfill}`,
    ...(moved.isNotNull ? provenNotNull(table, column.tableName, moved.fresh, fresh) : []),
    ...builtBeside(moved),
    ...moved.constraints.flatMap(({ fresh: name, isValid, sql }) => [
      `alter table ${table} add constraint ${quoted(name)} ${oneLine(sql)} not valid;`,
      ...(isValid ? [`alter table ${table} validate constraint ${quoted(name)};`] : []),
    ]),
    `analyze ${table} (${fresh});`,
    ...column.before.map((line) => `-- ${line}`),
    ...handedOver(column),
  ];
}

function builtBeside({ indexes }: MovedColumn): string[] {
  if (indexes.length === 0) return [];
  return [
    '-- then a step of its own without lockTimeout: CONCURRENTLY waits for old transactions and stops nobody meanwhile',
    ...indexes.map(({ sql }) => ended(sql.replace(/^CREATE (UNIQUE )?INDEX/, '$& CONCURRENTLY'))),
    '-- then a step with lockTimeout and retries again',
  ];
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
