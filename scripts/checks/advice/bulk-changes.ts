import type { RangeVar } from 'libpg-query';
import { formatCount } from '../../shared/format.ts';
import type { Advice, AdviceFacts, AdviceRule } from './rule.ts';
import type { StatementTree } from './statement-tree.ts';

/** From here on a single statement keeps its row locks for a time that is felt. */
const MANY_ROWS = 10_000;

/** UPDATE and DELETE of so many rows that they belong into batches. */
export const bulkChanges: AdviceRule = (statement, facts) => {
  const { node } = statement;
  if ('UpdateStmt' in node && isBulk(node.UpdateStmt.whereClause === undefined, facts)) {
    return advice('UPDATE', statement, node.UpdateStmt.relation, facts);
  }
  if ('DeleteStmt' in node && isBulk(node.DeleteStmt.whereClause === undefined, facts)) {
    return advice('DELETE', statement, node.DeleteStmt.relation, facts);
  }
  return undefined;
};

function isBulk(isWhole: boolean, { rows }: AdviceFacts): boolean {
  return rows === null ? isWhole : rows >= MANY_ROWS;
}

function advice(
  what: 'UPDATE' | 'DELETE',
  statement: StatementTree,
  relation: RangeVar | undefined,
  { rows }: AdviceFacts,
): Advice | undefined {
  if (relation === undefined) return undefined;
  const table = statement.relation(relation);
  const locked = rows === null ? 'every row' : `${formatCount(rows)} rows`;
  const where = clause(statement, 'where');
  const set = clause(statement, 'set');
  const condition = where === null ? '' : `, where: "${where}"`;
  return {
    effect: `One ${what} locked ${locked} of ${table} until its transaction ended.`,
    advice:
      what === 'UPDATE'
        ? 'Make it a backfill step: batches along the key, each its own short transaction.'
        : 'Delete in batches along the key, each its own short transaction.',
    insteadSql:
      what === 'UPDATE'
        ? `-- as a step of the plan instead of SQL:\n-- backfill: { table: ${table}, key: <primary key>, set: "${set ?? ''}"${condition} }`
        : `-- repeat until it deletes nothing:\ndelete from ${table} where ctid = any (array(select ctid from ${table}${where === null ? '' : ` where ${where}`} limit 1000));`,
  };
}

/** The author's words from a keyword at the top level to the next one. */
function clause(statement: StatementTree, keyword: string): string | null {
  const ends = new Set(['where', 'from', 'using', 'returning', 'set']);
  let depth = 0;
  let from: number | null = null;
  for (const { text, start, end } of statement.tokens) {
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth > 0 || !ends.has(text.toLowerCase())) continue;
    if (from !== null) return statement.text(from, start);
    if (text.toLowerCase() === keyword) from = end;
  }
  return from === null ? null : statement.text(from);
}
