import { backfillKey, backfillStep } from '../rule.ts';
import { newColumnSql } from '../new-column/new-column.ts';
import { quoted } from '../../../pg/sql/statement-tree.ts';
import type { AlterPart, PartAdvice } from './alter-rule.ts';

/** Types that hold whatever the other one does, under the same operators. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  smallint: ['integer', 'bigint'],
  integer: ['bigint'],
};
const LAST_COLUMN = [
  'from here on the column is the last of its table: INSERT and COPY have to name their columns',
];
const NAMES: Readonly<Record<string, string>> = { int4: 'integer', int8: 'bigint' };

/**
 * A change of type that PostgreSQL can only make by writing the whole table anew. SQL is given for wider integers alone, from what
 * hangs on the column in the rehearsed database: of other types operators, defaults and views need the author's eye.
 */
export function alterType(part: AlterPart): PartAdvice | undefined {
  const { command, statement, table, facts } = part;
  if (command.subtype !== 'AT_AlterColumnType' || facts.rewrote.length === 0) return undefined;
  const column = statement.spell(command.name ?? '');
  const sql = widened(part);
  const { relation } = 'AlterTableStmt' in statement.node ? statement.node.AlterTableStmt : {};
  const others = (relation && facts.movedOf(relation, command.name ?? ''))?.others ?? [];
  const byHand = others.length === 0 ? '' : ` To be moved by hand: ${others.join('; ')}.`;
  return {
    effect: `The change of type wrote all of ${table}${facts.sizeOf(table)} anew while it held ACCESS EXCLUSIVE.`,
    advice:
      `Expand and contract: a new column of the new type, kept in step by a trigger, a backfill in batches, then the names swapped in one short transaction. ` +
      `Before the swap the new column needs all that ${column} has: NOT NULL (by a validated CHECK), its default or identity and the ownership of its sequence, ` +
      `its keys and indexes (built CONCURRENTLY), foreign keys in both directions, views, and column privileges.${byHand}`,
    sql: sql ?? null,
  };
}

function widened({ command, statement, table, tableName, facts }: AlterPart): string[] | undefined {
  const { relation } = 'AlterTableStmt' in statement.node ? statement.node.AlterTableStmt : {};
  const moved = relation && facts.movedOf(relation, command.name ?? '');
  const type = typeOf(command);
  if (moved === undefined || type === undefined || WIDER[moved.type]?.includes(type) !== true)
    return undefined;
  const [old, fresh] = [quoted(moved.column), quoted(moved.fresh)];
  return newColumnSql({
    moved,
    table,
    tableName,
    type,
    before: LAST_COLUMN,
    takesName: true,
    sync: `new.${fresh} := new.${old};`,
    backfill: backfillStep(
      table,
      backfillKey(statement, facts),
      `${fresh} = ${old}`,
      `${fresh} is distinct from ${old}`,
    ),
  });
}

/** `bigint`; undefined for an array, and where the author says how the values change (USING). */
function typeOf({ def }: AlterPart['command']): string | undefined {
  if (def === undefined || !('ColumnDef' in def)) return undefined;
  const { typeName, raw_default: using } = def.ColumnDef;
  if (using !== undefined || (typeName?.arrayBounds ?? []).length > 0) return undefined;
  const last = typeName?.names?.at(-1);
  const name = last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
  return NAMES[name] ?? name;
}
