import type { PartAdvice, AlterPart } from './alter-rule.ts';

/**
 * A change of type that PostgreSQL can only make by writing the whole table anew. No SQL is given: what hangs on the column (its key,
 * identity, NOT NULL, default, indexes, references and privileges) has to move with it, and the statement does not show it.
 */
export function alterType({ command, statement, table, facts }: AlterPart): PartAdvice | undefined {
  if (command.subtype !== 'AT_AlterColumnType' || facts.rewrote.length === 0) return undefined;
  const column = statement.spell(command.name ?? '');
  return {
    effect: `The change of type wrote all of ${table}${facts.sizeOf(table)} anew while it held ACCESS EXCLUSIVE.`,
    advice:
      `Expand and contract: a new column of the new type, kept in step by a trigger, a backfill in batches, then the names swapped in one short transaction. ` +
      `Before the swap the new column needs all that ${column} has: NOT NULL (by a validated CHECK), its default or identity and the ownership of its sequence, ` +
      `its keys and indexes (built CONCURRENTLY), foreign keys in both directions, views, and column privileges.`,
    sql: null,
  };
}
