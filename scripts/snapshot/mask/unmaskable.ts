import type { StatementPiece } from '../../pg/scanner/sql-piece.ts';

const HEAD_BYTES = 400;
const LARGE_OBJECT = /\b(?:lowrite|lo_put|lo_from_bytea)\s*\(/i;
/** PostgreSQL 18, `pg_dump --statistics`: most common values and histograms are values of rows. */
const STATISTICS = /^select\s+\*?\s*(?:from\s+)?pg_catalog\s*\.\s*pg_restore_(?:attribute|extended)_stats\b/i;
const ANY_STATISTICS = /^select\s+\*?\s*(?:from\s+)?pg_catalog\s*\.\s*pg_restore_\w+_stats\b/i;
const ENCODING = /^set\s+client_encoding\s*(?:=|to)\s*'?([\w-]+)/i;
const READABLE = /^utf-?8$/i;

/** What pg_dump writes none of: rows, or code that may write some. */
const BRINGS_ROWS = new Set(['insert', 'update', 'merge', 'with', 'do', 'call', 'execute', 'values']);

/** What a statement that is no COPY may bring besides tables. */
type Brings = 'nothing' | 'rows' | 'statistics' | { readonly encoding: string };

/** `pg_dump --statistics` again, also of a table as a whole, which holds no value. */
export function tellsStatistics({ bytes, words }: StatementPiece): boolean {
  return words[0] === 'select' && ANY_STATISTICS.test(bytes.toString('latin1', 0, HEAD_BYTES));
}

export function broughtBy({ bytes, words }: StatementPiece): Brings {
  const [first = ''] = words;
  if (BRINGS_ROWS.has(first)) return 'rows';
  if (first === 'select' && words.includes('into')) return 'rows';
  const head = bytes.toString('latin1', 0, HEAD_BYTES);
  if (first === 'select' && STATISTICS.test(head)) return 'statistics';
  if (first === 'select' && LARGE_OBJECT.test(head)) return 'rows';
  const encoding = first === 'set' ? ENCODING.exec(head)?.[1] : undefined;
  return encoding === undefined || READABLE.test(encoding) ? 'nothing' : { encoding };
}
