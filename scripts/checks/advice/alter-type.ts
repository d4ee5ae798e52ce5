import type { AlterPart, PartAdvice } from './alter-table.ts';
import { newName } from './statement-tree.ts';
import { dropSync, syncTrigger } from './sync-trigger.ts';

/** A change of type that PostgreSQL can only make by writing the whole table anew. */
export function alterType(part: AlterPart): PartAdvice | undefined {
  const { command, statement, table, tableName, tokens, facts } = part;
  if (command.subtype !== 'AT_AlterColumnType' || facts.rewrote.length === 0) return undefined;
  const column = command.name ?? '';
  const old = statement.spell(column);
  const fresh = newName(column, 'new');
  const sync = newName(tableName, column, 'sync');
  const words = tokens.map(({ text }) => text.toLowerCase());
  const typeAt = words.indexOf('type');
  const usingAt = words.indexOf('using');
  const type = statement.text(
    tokens[typeAt]?.end ?? 0,
    tokens[usingAt === -1 ? tokens.length - 1 : usingAt - 1]?.end,
  );
  const value =
    usingAt === -1 ? `${old}::${type}` : statement.text(tokens[usingAt]?.end ?? 0, tokens.at(-1)?.end);
  return {
    effect: `The change of type wrote all of ${table}${facts.sizeOf(table)} anew while it held ACCESS EXCLUSIVE.`,
    advice:
      'Expand and contract: a new column of the new type, kept in step by a trigger, a backfill in batches, then swap the names in one short transaction.',
    sql: [
      `alter table ${table} add column ${fresh} ${type};`,
      ...syncTrigger(table, sync, `new.${fresh} := ${qualified(value, old)};`),
      `-- then a step of the plan: backfill: { table: ${table}, key: <primary key>, set: "${fresh} = ${value}", where: "${fresh} is distinct from ${value}" }`,
      `begin;`,
      ...dropSync(table, sync),
      `alter table ${table} rename column ${old} to ${newName(column, 'old')};`,
      `alter table ${table} rename column ${fresh} to ${old};`,
      `commit;`,
    ],
  };
}

/** The column inside a trigger is a field of NEW. */
function qualified(expression: string, column: string): string {
  const escaped = column.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return expression.replace(new RegExp(`(?<![\\w."])${escaped}(?![\\w"(.])`, 'g'), `new.${column}`);
}
