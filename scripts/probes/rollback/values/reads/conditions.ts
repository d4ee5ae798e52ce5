import type { Node, ParamRef } from 'libpg-query';
import { quoteIdentifier } from '../../../../pg/sql/relations.ts';

/** What a parameter is compared with, so that a row has to hold its value. */
export interface KeyPart {
  /** As SQL: `o.id`, `lower(email)`. */
  readonly expression: string;
  /** The `o` of `o.id`, quoted as SQL needs it; undefined where it is not told. */
  readonly alias: string | undefined;
  /** Of the column alone, not quoted. */
  readonly column: string;
  /** Of `= any ($1)`: the parameter is an array of such values. */
  readonly isArray: boolean;
  /** Position of the parameter, from 0. */
  readonly position: number;
  /** Its first byte in the statement. */
  readonly place: number;
}

/** `a and (b or c)` → `a`, `b or c` */
export function andArms(node: Node | undefined): Node[] {
  if (node === undefined) return [];
  return 'BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR'
    ? (node.BoolExpr.args ?? []).flatMap(andArms)
    : [node];
}

/** Conditions that all hold for a row that is found. */
export function conditionsOf(node: Node | undefined): Node[] {
  return andArms(node).filter((arm) => !('BoolExpr' in arm));
}

/** Those of the inner joins; what an outer join asks for need not hold. */
export function joinConditions(node: Node): Node[] {
  if (!('JoinExpr' in node)) return [];
  const { jointype, quals, larg, rarg } = node.JoinExpr;
  if (jointype !== 'JOIN_INNER') return jointype === 'JOIN_LEFT' && larg ? joinConditions(larg) : [];
  return [
    ...conditionsOf(quals),
    ...(larg ? joinConditions(larg) : []),
    ...(rarg ? joinConditions(rarg) : []),
  ];
}

/** Of `=`, `in (…)`, `= any (…)`, `between $1 and $2`, `(a, b) = ($1, $2)`, `is not distinct from`, and `lower(a) = lower($1)`. */
export function keyParts(condition: Node): KeyPart[] {
  if (!('A_Expr' in condition)) return [];
  const { kind, name, lexpr, rexpr } = condition.A_Expr;
  if (lexpr === undefined || rexpr === undefined) return [];
  if (kind === 'AEXPR_BETWEEN' || kind === 'AEXPR_BETWEEN_SYM') {
    const ends = itemsOf(rexpr).flatMap((item) => compared(lexpr, item));
    return ends.length === 2 ? ends : [];
  }
  if (!isEqual(name)) return [];
  if (kind === 'AEXPR_OP' || kind === 'AEXPR_NOT_DISTINCT') return compared(lexpr, rexpr);
  if (kind === 'AEXPR_IN') return itemsOf(rexpr).flatMap((item) => compared(lexpr, item));
  return kind === 'AEXPR_OP_ANY' ? anyOf(lexpr, bare(rexpr)) : [];
}

function anyOf(column: Node, list: Node): KeyPart[] {
  if ('A_ArrayExpr' in list)
    return (list.A_ArrayExpr.elements ?? []).flatMap((item) => compared(column, item));
  return compared(column, list).map((part) => ({ ...part, isArray: true }));
}

/** `a.id = b.a_id` as SQL: by that two tables belong together. */
export function asJoin(condition: Node): string | undefined {
  if (!('A_Expr' in condition)) return undefined;
  const { kind, name, lexpr, rexpr } = condition.A_Expr;
  if (kind !== 'AEXPR_OP' || !isEqual(name) || lexpr === undefined || rexpr === undefined) return undefined;
  const [left, right] = [columnSql(lexpr), columnSql(rexpr)];
  return left === undefined || right === undefined ? undefined : `${left} = ${right}`;
}

/** `o.id` → `o.id`; undefined for `o.*` and whatever else. */
export function columnSql(node: Node): string | undefined {
  if (!('ColumnRef' in node)) return undefined;
  const words = wordsOf(node.ColumnRef.fields);
  return words === undefined ? undefined : words.slice(-2).map(quoteIdentifier).join('.');
}

/** Undefined where one of them is no word, such as `*`. */
export function wordsOf(fields: unknown): string[] | undefined {
  const words = (Array.isArray(fields) ? (fields as unknown[]) : []).map((field) =>
    typeof field === 'object' && field !== null && 'String' in field
      ? (field as { readonly String: { readonly sval?: string } }).String.sval
      : undefined,
  );
  const known = words.filter((word) => word !== undefined);
  return known.length === words.length && known.length > 0 ? known : undefined;
}

function compared(left: Node, right: Node): KeyPart[] {
  if ('RowExpr' in left && 'RowExpr' in right) {
    const others = right.RowExpr.args ?? [];
    return (left.RowExpr.args ?? []).flatMap((one, at) => {
      const other = others[at];
      return other === undefined ? [] : compared(one, other);
    });
  }
  return oneSide(left, right) ?? oneSide(right, left) ?? [];
}

function oneSide(column: Node, value: Node): KeyPart[] | undefined {
  const parameter = parameterOf(value);
  const compares = columnSide(column);
  if (parameter !== undefined && compares !== undefined) {
    const { number = 1, location = 0 } = parameter;
    return [{ ...compares, isArray: false, position: number - 1, place: location }];
  }
  if (!('FuncCall' in column) || !('FuncCall' in value)) return undefined;
  const [own, other] = [column.FuncCall, value.FuncCall];
  const [ownArgument, second] = own.args ?? [];
  const [argument, third] = other.args ?? [];
  if (second !== undefined || third !== undefined || !ownArgument || !argument) return undefined;
  if (wordsOf(own.funcname)?.at(-1) !== wordsOf(other.funcname)?.at(-1)) return undefined;
  return oneSide(ownArgument, argument);
}

/** `o.id`, `lower(o.email)` */
function columnSide(node: Node): Pick<KeyPart, 'expression' | 'alias' | 'column'> | undefined {
  const inner = bare(node);
  if ('ColumnRef' in inner) {
    const words = wordsOf(inner.ColumnRef.fields);
    const [alias] = words ?? [];
    const column = words?.at(-1);
    if (words === undefined || alias === undefined || column === undefined) return undefined;
    // A schema in front is that of the table itself, which may have another name here.
    const expression = words.slice(-2).map(quoteIdentifier).join('.');
    return { expression, alias: words.length === 2 ? quoteIdentifier(alias) : undefined, column };
  }
  if (!('FuncCall' in inner)) return undefined;
  const { funcname, args = [] } = inner.FuncCall;
  const [only, second] = args;
  const argument = only && second === undefined ? columnSide(only) : undefined;
  const name = wordsOf(funcname)?.map(quoteIdentifier).join('.');
  return argument && name ? { ...argument, expression: `${name}(${argument.expression})` } : undefined;
}

function parameterOf(node: Node): ParamRef | undefined {
  const inner = bare(node);
  return 'ParamRef' in inner ? inner.ParamRef : undefined;
}

/** Without casts. */
function bare(node: Node): Node {
  return 'TypeCast' in node && node.TypeCast.arg !== undefined ? bare(node.TypeCast.arg) : node;
}

function itemsOf(node: Node): Node[] {
  return 'List' in node ? (node.List.items ?? []) : [];
}

function isEqual(name: unknown): boolean {
  return wordsOf(name)?.at(-1) === '=';
}
