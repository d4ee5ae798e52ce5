import type { ForeignKey } from './columns/table-shapes.ts';
import type { RuleBook } from './rule-book.ts';

/** A key and what refers to it have to be masked alike, or no row finds its other end. Undefined where they are. */
export function foreignKeyMistake(key: ForeignKey, book: RuleBook): string | undefined {
  for (const [index, column] of key.columns.entries()) {
    const toColumn = key.toColumns[index];
    if (toColumn === undefined) continue;
    const [from, to] = [book.ruleOf(key.from, column), book.ruleOf(key.to, toColumn)];
    if (JSON.stringify(from) === JSON.stringify(to) || from?.kind === 'null') continue;
    const [one, other] = [
      `${key.from.schema}.${key.from.table}.${column}`,
      `${key.to.schema}.${key.to.table}.${toColumn}`,
    ];
    return `${one} refers to ${other}: give both the same rule, or none`;
  }
  return undefined;
}
