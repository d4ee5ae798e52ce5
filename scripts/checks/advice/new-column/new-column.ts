import type { MovedColumn } from '../../../artifacts/records/of-plan/moved-column.ts';
import { quoted } from '../../../pg/sql/statement-tree.ts';
import { provenNotNull } from '../proven-not-null.ts';
import { syncTrigger } from '../sync-trigger.ts';
import { ended, oneLine, syncName, type NewColumn } from './column.ts';
import { handedOver } from './handed-over.ts';

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
