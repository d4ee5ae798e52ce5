import { StatementTree } from '../../../pg/sql/statement-tree.ts';

/** A column that a statement gives another type, in the author's own spelling. */
export interface TypeChange {
  readonly sql: string;
  readonly table: string;
  readonly column: string;
  /** The column's own name, without quotes. */
  readonly name: string;
  /** With its modifiers, such as `numeric(12,2)`. */
  readonly type: string;
  /** What its values become; the column itself where there is no USING. */
  readonly expression: string;
}

/** All of one statement. */
export function typeChanges(sql: string): TypeChange[] {
  if (!/\btype\b/i.test(sql)) return [];
  const tree = StatementTree.parse(sql);
  if (tree === undefined || !('AlterTableStmt' in tree.node)) return [];
  const { relation, cmds = [], objtype } = tree.node.AlterTableStmt;
  if (relation === undefined || objtype !== 'OBJECT_TABLE') return [];
  const table = tree.relation(relation);
  return cmds.flatMap((one): TypeChange[] => {
    const { subtype, name, def } = 'AlterTableCmd' in one ? one.AlterTableCmd : {};
    if (subtype !== 'AT_AlterColumnType' || name === undefined || !def || !('ColumnDef' in def)) return [];
    const column = tree.spell(name);
    const { type, using } = clausesFrom(tree, def.ColumnDef.typeName?.location ?? 0);
    return [{ sql, table, column, name, type, expression: using ?? column }];
  });
}

/** The type that begins at a byte, and what stands behind its USING. */
function clausesFrom(tree: StatementTree, fromByte: number): { type: string; using: string | undefined } {
  let depth = 0;
  let typeEnd: number | undefined;
  let usingFrom: number | undefined;
  let end = fromByte;
  for (const token of tree.tokens) {
    if (token.start < fromByte) continue;
    const word = token.text.toLowerCase();
    if (depth === 0 && word === ',') break;
    if (depth === 0 && usingFrom === undefined && (word === 'using' || word === 'collate')) typeEnd ??= end;
    if (depth === 0 && usingFrom === undefined && word === 'using') usingFrom = token.end;
    if (word === '(' || word === '[') depth += 1;
    if (word === ')' || word === ']') depth -= 1;
    ({ end } = token);
  }
  const using = usingFrom === undefined ? undefined : tree.text(usingFrom, end);
  return { type: tree.text(fromByte, typeEnd ?? end), using };
}
