import { parse, type Node } from 'libpg-query';

/** Names of the columns that an expression uses, each once. @throws where it is no SQL */
export async function columnsIn(sql: string): Promise<string[]> {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('ColumnRef' in value) {
      const name = columnName(value as Node);
      if (name !== undefined) found.add(name);
      return;
    }
    for (const inside of Object.values(value)) look(inside);
  };
  look(await expressionNodes(sql));
  return [...found];
}

/** What a list of expressions was parsed to. @throws where it is no SQL */
export async function expressionNodes(sql: string): Promise<Node[]> {
  const { stmts = [] } = await parse(`select ${sql}`);
  const [first] = stmts;
  const statement = first?.stmt;
  if (statement === undefined || !('SelectStmt' in statement)) return [];
  return (statement.SelectStmt.targetList ?? []).flatMap((target) =>
    'ResTarget' in target && target.ResTarget.val !== undefined ? [target.ResTarget.val] : [],
  );
}

/** Undefined of what is no plain column. */
export function columnName(node: Node): string | undefined {
  if (!('ColumnRef' in node)) return undefined;
  const last = node.ColumnRef.fields?.at(-1);
  return last !== undefined && 'String' in last ? last.String.sval : undefined;
}
