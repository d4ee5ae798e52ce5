import type { PlacedStatement } from './units.ts';

/** Kinds of statements that leave every relation its name; RENAME and SET SCHEMA are kinds of their own. */
const KEEPING: ReadonlySet<string> = new Set([
  'AlterTableStmt',
  'CommentStmt',
  'DeleteStmt',
  'GrantStmt',
  'InsertStmt',
  'LockStmt',
  'TransactionStmt',
  'UpdateStmt',
  'VariableSetStmt',
]);

/** What ALTER TABLE makes, takes over or drops with a table: indexes, sequences, the TOAST table, partitions. */
const MAKES_OTHERS =
  /\b(?:add|drop|constraint|unique|primary|exclude|references|using|identity|partition|inherit|type|alter\s+index)\b/i;

/** Whether no statement makes, renames or drops a relation, as far as it tells: what a trigger does it does not. */
export function keepsNames(statements: readonly Pick<PlacedStatement, 'node' | 'text'>[]): boolean {
  return statements.every(
    ({ node, text }) => KEEPING.has(node) && !(node === 'AlterTableStmt' && MAKES_OTHERS.test(text)),
  );
}
