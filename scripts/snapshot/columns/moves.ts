import { loadModule, type RangeVar } from 'libpg-query';
import { splitSql } from '../../pg/sql/split.ts';
import { StatementTree } from '../../pg/sql/statement-tree.ts';
import type { Rehearsal, Step } from '../../plan/model.ts';

/** A column that a statement of the plan renames, or gives another type. */
export interface Move {
  readonly schema: string | undefined;
  readonly table: string;
  readonly column: string;
  /** Null = its type changes. */
  readonly to: string | null;
}

/** The ways of a rehearsal. */
export type Plans = Pick<Rehearsal, 'plan' | 'plans'>;

/** Those of all SQL files, each once. */
export async function movesOf(plans: Plans): Promise<Move[]> {
  const found = new Map<string, Move>();
  for (const sql of await statementsOfPlan(plans))
    for (const move of movesIn(sql)) found.set(JSON.stringify(move), move);
  return [...found.values()];
}

/** The text of each statement in the SQL files of all steps. */
export async function statementsOfPlan({ plan, plans = [] }: Plans): Promise<string[]> {
  await loadModule();
  const steps: readonly Step[] = [...plan, ...plans.flatMap(({ steps: own }) => own)];
  const files = steps.flatMap((step) => (step.kind === 'sql' ? step.files : []));
  const split = await Promise.all(files.map(({ text }) => splitSql(text)));
  return split.flatMap((one) => (one.ok ? one.statements.map(({ text }) => text) : []));
}

function movesIn(sql: string): Move[] {
  if (!/\b(rename|type)\b/i.test(sql)) return [];
  const node = StatementTree.parse(sql)?.node;
  if (node === undefined) return [];
  if ('RenameStmt' in node) {
    const { renameType, relation, subname, newname } = node.RenameStmt;
    const isColumn = renameType === 'OBJECT_COLUMN' && node.RenameStmt.relationType === 'OBJECT_TABLE';
    return isColumn && relation !== undefined && subname !== undefined && newname !== undefined
      ? [{ ...tableOf(relation), column: subname, to: newname }]
      : [];
  }
  if (!('AlterTableStmt' in node)) return [];
  const { relation, cmds = [] } = node.AlterTableStmt;
  return cmds.flatMap((one): Move[] => {
    if (relation === undefined || !('AlterTableCmd' in one)) return [];
    const { subtype, name } = one.AlterTableCmd;
    return subtype === 'AT_AlterColumnType' && name !== undefined
      ? [{ ...tableOf(relation), column: name, to: null }]
      : [];
  });
}

function tableOf({ schemaname, relname = '' }: RangeVar): Pick<Move, 'schema' | 'table'> {
  return { schema: schemaname, table: relname };
}
