import type { PartAdvice, AlterPart } from './alter-rule.ts';

const COPIES: Readonly<Record<string, string>> = {
  AT_SetLogged: 'SET LOGGED copied the table with its indexes, all of it through the WAL,',
  AT_SetUnLogged: 'SET UNLOGGED copied the table with its indexes',
  AT_SetTableSpace: 'SET TABLESPACE copied the table, block by block through the WAL,',
  AT_SetAccessMethod: 'SET ACCESS METHOD copied the table with its indexes',
};

/** Actions that copy a table for where or how it is stored: there is no form of them that lets anybody in meanwhile. */
export function newStorage({ command, table, facts }: AlterPart): PartAdvice | undefined {
  const copied = COPIES[command.subtype ?? ''];
  if (copied === undefined) return undefined;
  return {
    effect: `${copied} while ${table}${facts.sizeOf(table)} was under ACCESS EXCLUSIVE.`,
    advice:
      'It has no form that lets the app in meanwhile: make a new table that is stored so from its first row, fill it in a backfill while a trigger keeps it up, and swap the names in a short transaction; of a partitioned table one partition at a time. Or do it in a maintenance window.',
    sql: null,
  };
}
