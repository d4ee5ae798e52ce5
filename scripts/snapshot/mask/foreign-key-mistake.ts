import type { ForeignKey, TableName } from './columns/table-shapes.ts';
import type { RuleBook } from './rule-book.ts';

/** What decides which numbers a scrambled integer may become. */
function widthOf(table: TableName, column: string, book: RuleBook): string {
  const type = book.typeOf(table, column);
  return type?.class === 'integer' || type?.class === 'number' ? `${type.class} ${String(type.largest)}` : '';
}

/** A key and what refers to it have to be masked alike, or no row finds its other end. Undefined where they are. */
export function foreignKeyMistake(key: ForeignKey, book: RuleBook): string | undefined {
  for (const [index, column] of key.columns.entries()) {
    const toColumn = key.toColumns[index];
    if (toColumn === undefined) continue;
    const [from, to] = [book.ruleOf(key.from, column), book.ruleOf(key.to, toColumn)];
    if (from?.kind === 'null') continue;
    const [one, other] = [
      `${key.from.schema}.${key.from.table}.${column}`,
      `${key.to.schema}.${key.to.table}.${toColumn}`,
    ];
    if (JSON.stringify(from) !== JSON.stringify(to))
      return `${one} refers to ${other}: give both the same rule, or none`;
    if (from?.kind === 'scramble' && widthOf(key.from, column, book) !== widthOf(key.to, toColumn, book))
      return `${one} refers to ${other}, an integer of another size: scrambled they would not meet; write null, or keep both`;
  }
  return undefined;
}
