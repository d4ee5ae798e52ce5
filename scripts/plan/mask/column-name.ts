import type { ColumnName } from './mask-rules.ts';

const PART = /(?:"((?:[^"]|"")+)"|([^".\s]+))(\.|$)/y;

/** `customers.email`, `shop.customers.email` or `"Shop".customers."E.mail"`; undefined for anything else. */
export function parseColumnName(text: string): ColumnName | undefined {
  const parts: string[] = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const match = PART.exec(text);
    if (match === null) return undefined;
    parts.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '.' && PART.lastIndex === text.length) return undefined;
  }
  const [column, table, schema = 'public', ...more] = parts.reverse();
  if (column === undefined || table === undefined || more.length > 0) return undefined;
  return { schema, table, column };
}

/** As it may be written in the file of rules. */
export function columnText({ schema, table, column }: ColumnName): string {
  return [schema, table, column].map((part) => (/[".\s]/.test(part) ? quoted(part) : part)).join('.');
}

function quoted(part: string): string {
  return `"${part.replaceAll('"', '""')}"`;
}
