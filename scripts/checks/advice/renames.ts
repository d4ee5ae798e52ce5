import type { RangeVar, RenameStmt } from 'libpg-query';
import type { RenamedTable } from '../../artifacts/records/of-plan/renamed-table.ts';
import { backfillKey, backfillStep, type Advice, type AdviceFacts, type AdviceRule } from './rule.ts';
import { StatementTree } from '../../pg/sql/statement-tree.ts';
import { newColumnSql } from './new-column/new-column.ts';
import { bothWays } from './sync-trigger.ts';

/** RENAME changes the name for all versions of the app at the same moment: one of them is always wrong. */
export const renames: AdviceRule = (statement, facts) => {
  if (!('RenameStmt' in statement.node)) return undefined;
  const { renameType, relation } = statement.node.RenameStmt;
  if (relation === undefined) return undefined;
  if (renameType === 'OBJECT_TABLE')
    return (
      renamedBehindView(statement, facts) ??
      renamedTable(statement, statement.node.RenameStmt, { relation, known: facts.renamedOf(relation) })
    );
  return renameType === 'OBJECT_COLUMN'
    ? renamedColumn(statement, facts, relation, statement.node.RenameStmt)
    : undefined;
};

interface Renamed {
  readonly relation: RangeVar;
  /** Undefined where the snapshot does not tell, or the plan has made the table. */
  readonly known: RenamedTable | undefined;
}

function renamedTable(
  statement: StatementTree,
  { newname = '' }: RenameStmt,
  { relation, known }: Renamed,
): Advice {
  const table = statement.relation(relation);
  const schema = relation.schemaname === undefined ? '' : `${statement.spell(relation.schemaname)}.`;
  return {
    effect: `After it no version of the app can find ${table} any more.`,
    advice:
      'Leave a view under the old name in the same transaction, with the privileges of the table, and drop it when no version uses the old name.',
    insteadSql: [
      'begin;',
      `${statement.text(0)};`,
      `create view ${table} as select * from ${schema}${statement.spell(newname)};`,
      ...asTheTable(table, known),
      'commit;',
      `-- when no version uses the old name: drop view ${table};`,
    ].join('\n'),
  };
}

/** Owner, privileges and row level security of a view that stands for a table. */
export function asTheTable(view: string, known: RenamedTable | undefined): string[] {
  if (known === undefined)
    return [
      `-- grant on ${view} what the app's roles have on the table: a view begins without`,
      `-- where the table has row level security: alter view ${view} set (security_invoker = true), or the view shows all rows`,
    ];
  return [
    `alter view ${view} owner to ${known.owner};`,
    ...(known.isRowSecured
      ? [
          `alter view ${view} set (security_invoker = true); -- without it the view shows all rows`,
          ...known.grants
            .filter(({ right }) => right.startsWith('SELECT ('))
            .map(({ to }) => `-- ${to} may read some columns alone, and so reads nothing by this view`),
        ]
      : []),
    ...known.grants.map(
      ({ right, to, isGrantable }) =>
        `grant ${right} on ${view} to ${to}${isGrantable ? ' with grant option' : ''};`,
    ),
  ];
}

function renamedColumn(
  statement: StatementTree,
  facts: AdviceFacts,
  relation: RangeVar,
  { relationType, subname = '', newname = '' }: RenameStmt,
): Advice {
  const table = statement.relation(relation);
  const [old, fresh] = [statement.spell(subname), statement.spell(newname)];
  const effect = `After it no version of the app can find ${old} any more.`;
  if (relationType !== 'OBJECT_TABLE') {
    return {
      effect,
      advice: `CREATE OR REPLACE VIEW ${table} with ${fresh} behind its other columns and ${old} where it is; make it anew without ${old} when no version names that any more.`,
      insteadSql: null,
    };
  }
  const moved = facts.movedOf(relation, subname);
  const readers = moved?.readers ?? [];
  const named = `functions that name ${old} and have to name ${fresh} instead: ${readers.join(', ')}`;
  const whole =
    moved?.fresh === newname
      ? newColumnSql({
          moved,
          table,
          tableName: relation.relname ?? '',
          type: moved.type,
          takesName: false,
          sync: bothWays(old, fresh),
          backfill: backfillStep(
            table,
            backfillKey(statement, facts),
            `${fresh} = ${old}`,
            `${fresh} is distinct from ${old}`,
          ),
          before: [...(readers.length === 0 ? [] : [named]), `deploy the version that uses ${fresh}, then:`],
        })
      : undefined;
  const rest = moved?.others ?? [];
  const byHand = rest.length === 0 ? '' : ` To be moved by hand: ${rest.join('; ')}.`;
  return {
    effect,
    advice: `Expand and contract: add ${fresh} beside ${old}, write both, backfill, deploy what reads ${fresh}, and drop ${old} last.${byHand}`,
    insteadSql: whole?.join('\n') ?? null,
  };
}

/** The view that takes over the name of a renamed table, where an app version cannot use it as it used the table. */
export const viewsOfRenamed: AdviceRule = (statement, facts) => {
  const name = viewOf(statement);
  if (name === undefined) return renamedBehindView(statement, facts);
  for (const sql of facts.beside) {
    const other = StatementTree.parse(sql);
    if (other === undefined || !('RenameStmt' in other.node)) continue;
    const { relation, renameType, newname = '' } = other.node.RenameStmt;
    if (renameType === 'OBJECT_TABLE' && relation?.relname === name)
      return behindView(other.relation(relation), other.spell(newname), facts.renamedOf(relation));
  }
  return undefined;
};

function renamedBehindView(statement: StatementTree, facts: AdviceFacts): Advice | undefined {
  if (!('RenameStmt' in statement.node)) return undefined;
  const { renameType, relation, newname = '' } = statement.node.RenameStmt;
  if (renameType !== 'OBJECT_TABLE' || relation === undefined) return undefined;
  if (!facts.beside.some((sql) => viewIn(sql) === relation.relname)) return undefined;
  return behindView(statement.relation(relation), statement.spell(newname), facts.renamedOf(relation));
}

function behindView(table: string, fresh: string, known: RenamedTable | undefined): Advice {
  return {
    effect: `After it ${table} is a view, and a view is not a table in everything.`,
    advice: `Keep the table under the name ${table} as long as a version with traffic does with it what no view can do (GROUP BY its key, ON CONFLICT ON CONSTRAINT, ctid, LOCK, TRUNCATE): let the new version read a view that is called ${fresh}, and rename when no version names ${table} any more.`,
    insteadSql: [
      `create view ${fresh} as select * from ${table};`,
      ...asTheTable(fresh, known),
      `-- when no version uses the old name: drop view ${fresh}; alter table ${table} rename to …; in one transaction`,
    ].join('\n'),
  };
}

function viewIn(sql: string): string | undefined {
  const statement = StatementTree.parse(sql);
  return statement && viewOf(statement);
}

function viewOf({ node }: StatementTree): string | undefined {
  return 'ViewStmt' in node ? node.ViewStmt.view?.relname : undefined;
}
