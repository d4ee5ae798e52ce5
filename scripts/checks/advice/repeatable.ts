import { walk } from '../../pg/sql/walk.ts';

/**
 * Functions of PostgreSQL that say the same of a row each time they are asked within a few hours. All others may not:
 * `random()` finds other rows in every batch, and a function of the database's own may look at other rows.
 */
const STEADY = new Set(
  `abs age array_length ascii btrim ceil ceiling char_length character_length coalesce concat concat_ws date date_part date_trunc
  extract floor greatest jsonb_array_length jsonb_extract_path_text jsonb_typeof least left length lower ltrim make_date
  make_interval make_timestamp make_timestamptz md5 mod now nullif octet_length overlay position regexp_match
  regexp_replace replace right round rtrim split_part starts_with strpos substr substring sha256 timezone to_char to_date
  to_number to_timestamp transaction_timestamp trim trunc upper like_escape similar_to_escape json_extract_path_text
  array_position cardinality isfinite pg_column_size`.split(/\s+/),
);

/** What makes a condition say something else of a row once other rows have changed; undefined = nothing does. */
export function whatChanges(condition: unknown): string | undefined {
  for (const [kind, node] of walk(condition)) {
    if (kind === 'SubLink') return 'a subquery';
    if (kind === 'CurrentOfExpr') return 'a cursor';
    if (kind !== 'FuncCall') continue;
    const name = functionName(node);
    if (!STEADY.has(name)) return `${name.replace(/^.*\./, '')}()`;
  }
  return undefined;
}

/** `lower` for what is PostgreSQL's own by its name, `schema.name` for what is another's. */
function functionName(node: Record<string, unknown>): string {
  const parts = Array.isArray(node['funcname']) ? (node['funcname'] as unknown[]) : [];
  const names = parts.flatMap((part) =>
    [...walk(part)].flatMap(([, { sval }]) => (typeof sval === 'string' ? [sval] : [])),
  );
  return names[0] === 'pg_catalog' ? names.slice(1).join('.') : names.join('.');
}
