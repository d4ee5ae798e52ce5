import { parseSync, type Node, type SelectStmt } from 'libpg-query';
import { quoteIdentifier } from '../../../pg/sql/relations.ts';
import { walk } from '../../../pg/sql/walk.ts';

/** A SELECT of a script that finds rows of one table by parameters: `… where id = $1 and kind = $2`. */
export interface KeyedRead {
  /** Without FOR UPDATE and the like: nobody else is to wait for it. */
  readonly text: string;
  /** Quoted as SQL needs it, with the schema where the script names one. */
  readonly relation: string;
  /** Its columns, not quoted, by the position of the parameter that each is compared with, from 0. */
  readonly keys: ReadonlyMap<number, string>;
  /** The one column that it names besides its keys; `*` where there are others, or none. */
  readonly column: string;
}

const LOCKING = /\bfor\s+(?:no\s+key\s+update|key\s+share|update|share)\b[\s\S]*$/i;

/**
 * Undefined for whatever else the statement is.
 * @param text with `$1`, `$2`, …; `libpg-query` must be loaded
 */
export function keyedRead(text: string): KeyedRead | undefined {
  const select = selectOf(text);
  const [from, ...others] = select?.fromClause ?? [];
  if (select === undefined || from === undefined || !('RangeVar' in from) || others.length > 0)
    return undefined;
  const { schemaname, relname = '' } = from.RangeVar;
  const keys = new Map(conditionsOf(select.whereClause).flatMap(keyOf));
  if (keys.size === 0) return undefined;
  const schema = schemaname === undefined ? '' : `${quoteIdentifier(schemaname)}.`;
  const named = [...walk(select)].flatMap(([kind, { fields }]) =>
    kind === 'ColumnRef' ? [lastName(fields) ?? '*'] : [],
  );
  const own = new Set(keys.values());
  const [column = '*', second] = new Set(named.filter((name) => !own.has(name)));
  return {
    text: select.lockingClause === undefined ? text : text.replace(LOCKING, ''),
    relation: `${schema}${quoteIdentifier(relname)}`,
    keys,
    column: second === undefined ? column : '*',
  };
}

function selectOf(text: string): SelectStmt | undefined {
  const [only, second] = parseSync(text).stmts ?? [];
  const node = only?.stmt;
  return node && second === undefined && 'SelectStmt' in node ? node.SelectStmt : undefined;
}

/** All of them hold for a row that is found. */
function conditionsOf(node: Node | undefined): Node[] {
  if (node === undefined) return [];
  if (!('BoolExpr' in node)) return [node];
  return node.BoolExpr.boolop === 'AND_EXPR' ? (node.BoolExpr.args ?? []).flatMap(conditionsOf) : [];
}

function keyOf(node: Node): [position: number, column: string][] {
  if (!('A_Expr' in node)) return [];
  const { kind, name, lexpr, rexpr } = node.A_Expr;
  if (kind !== 'AEXPR_OP' || lastName(name) !== '=' || lexpr === undefined || rexpr === undefined) return [];
  const [column, parameter] = 'ColumnRef' in lexpr ? [lexpr, rexpr] : [rexpr, lexpr];
  const bare = 'TypeCast' in parameter ? parameter.TypeCast.arg : parameter;
  if (!('ColumnRef' in column) || bare === undefined || !('ParamRef' in bare)) return [];
  const key = lastName(column.ColumnRef.fields);
  return key === undefined ? [] : [[(bare.ParamRef.number ?? 1) - 1, key]];
}

/** `o.id` → `id`; undefined for `o.*`. */
function lastName(words: unknown): string | undefined {
  const last: unknown = Array.isArray(words) ? words.at(-1) : undefined;
  if (typeof last !== 'object' || last === null || !('String' in last)) return undefined;
  const { String: text } = last as { readonly String: { readonly sval?: string } };
  return text.sval;
}
