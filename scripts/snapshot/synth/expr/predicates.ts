import type { Node } from 'libpg-query';
import { compile } from './compile.ts';
import type { Columns, Expression } from './expression.ts';
import { columnName, expressionNodes } from './columns-in.ts';
import { domainOf, type Domain } from './domain.ts';

/** One part of a check that has to hold by itself. */
export interface Predicate {
  /** Of the check. */
  readonly name: string;
  readonly columns: readonly string[];
  /** Undefined = only PostgreSQL can tell. */
  readonly holds: Expression | undefined;
  /** Of one column alone: which values it takes, as far as that can be said. */
  readonly domain: Domain | undefined;
  /** `column = expression`, either way round: the column may be computed. */
  readonly equals: readonly { readonly column: string; readonly value: Expression }[];
  /** `column < expression` and its like: the column may be set beside what the expression gives. */
  readonly bounds: readonly {
    readonly column: string;
    readonly operator: string;
    readonly value: Expression;
  }[];
  /** `a < b`, `a <= b` of two columns, the lesser first. */
  readonly ordered: { readonly lesser: string; readonly greater: string } | undefined;
}

/** What a check says, taken apart at its ANDs. @throws where it is no SQL */
export async function predicatesOf(name: string, sql: string, columns: Columns): Promise<Predicate[]> {
  const nodes = (await expressionNodes(sql)).flatMap(conjuncts);
  return nodes.map((node) => predicate(name, node, columns));
}

function conjuncts(node: Node): Node[] {
  if (!('BoolExpr' in node) || node.BoolExpr.boolop !== 'AND_EXPR') return [node];
  return (node.BoolExpr.args ?? []).flatMap(conjuncts);
}

function predicate(name: string, node: Node, columns: Columns): Predicate {
  const used = namesIn(node);
  const [only] = used;
  return {
    name,
    columns: used,
    holds: compile(node, columns),
    domain: used.length === 1 && only !== undefined ? domainOf(node, only, columns) : undefined,
    equals: besideOf(node, columns).filter(({ operator }) => operator === '='),
    bounds: besideOf(node, columns).filter(({ operator }) => operator !== '='),
    ordered: orderedOf(node),
  };
}

function namesIn(node: Node): string[] {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('ColumnRef' in value) {
      const column = columnName(value as Node);
      if (column !== undefined) found.add(column);
    } else for (const inside of Object.values(value)) look(inside);
  };
  look(node);
  return [...found];
}

function operatorOf(node: Node): { operator: string; left: Node; right: Node } | undefined {
  if (!('A_Expr' in node) || node.A_Expr.kind !== 'AEXPR_OP') return undefined;
  const { name, lexpr, rexpr } = node.A_Expr;
  const first = name?.[0];
  const operator = first !== undefined && 'String' in first ? (first.String.sval ?? '') : '';
  return lexpr && rexpr && { operator, left: lexpr, right: rexpr };
}

function bare(node: Node): string | undefined {
  return 'TypeCast' in node && node.TypeCast.arg ? bare(node.TypeCast.arg) : columnName(node);
}

const TURNED: Readonly<Record<string, string>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** Either side that is a column, with what stands on the other. */
function besideOf(node: Node, columns: Columns): Predicate['bounds'] {
  const parts = operatorOf(node);
  const turned = TURNED[parts?.operator ?? ''];
  if (parts === undefined || turned === undefined) return [];
  const sides = [
    { one: parts.left, other: parts.right, operator: parts.operator },
    { one: parts.right, other: parts.left, operator: turned },
  ];
  return sides.flatMap(({ one, other, operator }) => {
    const column = bare(one);
    const value = compile(other, columns);
    const others = namesIn(other);
    return column === undefined || value === undefined || others.length === 0 || others.includes(column)
      ? []
      : [{ column, operator, value }];
  });
}

function orderedOf(node: Node): Predicate['ordered'] {
  const parts = operatorOf(node);
  if (parts === undefined || !/^[<>]=?$/.test(parts.operator)) return undefined;
  const [left, right] = [bare(parts.left), bare(parts.right)];
  if (left === undefined || right === undefined || left === right) return undefined;
  return parts.operator.startsWith('<') ? { lesser: left, greater: right } : { lesser: right, greater: left };
}
