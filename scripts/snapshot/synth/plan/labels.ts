import type { Node } from 'libpg-query';
import { columnName, expressionNodes } from '../expr/columns-in.ts';
import type { TableSchema } from '../schema/table-schema.ts';

/** Texts that the schema names for a column: its default first, then what checks and partial indexes hold it against. */
export async function labelsOf(table: TableSchema): Promise<ReadonlyMap<string, readonly string[]>> {
  const labels = new Map<string, Set<string>>();
  const add = (column: string, label: string): void => {
    const known = labels.get(column) ?? new Set();
    labels.set(column, known.add(label));
  };
  for (const { name, defaultSql } of table.columns) {
    const [node] = defaultSql === null ? [] : await expressionNodes(defaultSql);
    const label = node === undefined ? undefined : textOf(node);
    if (label !== undefined) add(name, label);
  }
  const predicates = [
    ...table.checks.map(({ sql }) => sql),
    ...table.unique.flatMap(({ whereSql }) => whereSql ?? []),
  ];
  for (const sql of predicates) for (const node of await expressionNodes(sql)) compared(node, add);
  return new Map([...labels].map(([column, found]) => [column, [...found]]));
}

function compared(value: unknown, add: (column: string, label: string) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if ('A_Expr' in value) {
    const { name, lexpr, rexpr } = (value as Extract<Node, { A_Expr: unknown }>).A_Expr;
    const first = name?.[0];
    const operator = first !== undefined && 'String' in first ? first.String.sval : undefined;
    if ((operator === '=' || operator === '<>') && lexpr !== undefined && rexpr !== undefined) {
      const column = columnName(bare(lexpr));
      const label = textOf(rexpr);
      if (column !== undefined && label !== undefined) add(column, label);
    }
  }
  for (const inside of Object.values(value)) compared(inside, add);
}

function bare(node: Node): Node {
  return 'TypeCast' in node && node.TypeCast.arg ? bare(node.TypeCast.arg) : node;
}

function textOf(node: Node): string | undefined {
  const inside = bare(node);
  if (!('A_Const' in inside)) return undefined;
  const { sval, boolval } = inside.A_Const;
  if (boolval !== undefined) return String(boolval.boolval ?? false);
  return sval === undefined || sval.sval === undefined || sval.sval === '' ? undefined : sval.sval;
}
