import { newName } from '../../pg/sql/statement-tree.ts';

/** SET NOT NULL without a scan under ACCESS EXCLUSIVE, as four statements each in a transaction of its own. */
export function provenNotNull(table: string, tableName: string, column: string, spelled: string): string[] {
  const constraint = newName(tableName, column, 'is', 'set');
  return [
    `alter table ${table} add constraint ${constraint} check (${spelled} is not null) not valid;`,
    `alter table ${table} validate constraint ${constraint};`,
    `alter table ${table} alter column ${spelled} set not null;`,
    `alter table ${table} drop constraint ${constraint};`,
  ];
}
