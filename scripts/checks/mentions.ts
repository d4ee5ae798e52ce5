import { StatementTree } from '../pg/sql/statement-tree.ts';

/** Whether a statement names the table, also in the body of a DO block, which is one token. @param table `schema.name` */
export function mentions(sql: string, table: string): boolean {
  const name = table.slice(table.indexOf('.') + 1);
  const tree = StatementTree.parse(sql);
  if (tree === undefined) return sql.includes(name);
  return tree.tokens.some(
    ({ text }) =>
      text.toLowerCase() === name ||
      text === `"${name.replaceAll('"', '""')}"` ||
      (/^[$']/.test(text) && text.includes(name)),
  );
}
