import { backfillKey, backfillStep, type Advice, type AdviceFacts, type AdviceRule } from './rule.ts';
import { StatementTree } from '../../pg/sql/statement-tree.ts';
import { newColumnSql } from './new-column/new-column.ts';
import { bothWays } from './sync-trigger.ts';

/** RENAME changes the name for all versions of the app at the same moment: one of them is always wrong. */
export const renames: AdviceRule = (statement, facts) => {
  if (!('RenameStmt' in statement.node)) return undefined;
  const { renameType, relation, subname = '', newname = '' } = statement.node.RenameStmt;
  if (relation === undefined) return undefined;
  const table = statement.relation(relation);
  const fresh = statement.spell(newname);
  if (renameType === 'OBJECT_TABLE') {
    const besideView = renamedBehindView(statement, facts);
    if (besideView !== undefined) return besideView;
    const schema = relation.schemaname === undefined ? '' : `${statement.spell(relation.schemaname)}.`;
    return {
      effect: `After it no version of the app can find ${table} any more.`,
      advice:
        'Leave a view under the old name in the same transaction, with the privileges of the table, and drop it when no version uses the old name.',
      insteadSql: [
        'begin;',
        `${statement.text(0)};`,
        `create view ${table} as select * from ${schema}${fresh};`,
        `-- grant on ${table} what the app's roles have on the table: a view begins without`,
        'commit;',
        `-- when no version uses the old name: drop view ${table};`,
      ].join('\n'),
    };
  }
  if (renameType !== 'OBJECT_COLUMN') return undefined;
  const old = statement.spell(subname);
  const moved = facts.movedOf(relation, subname);
  const backfill = backfillStep(
    table,
    backfillKey(statement, facts),
    `${fresh} = ${old}`,
    `${fresh} is distinct from ${old}`,
  );
  const readers = moved?.readers ?? [];
  const deploy = `deploy the version that uses ${fresh}, then:`;
  const whole =
    moved?.fresh === newname
      ? newColumnSql({
          ...{ moved, table, tableName: relation.relname ?? '', type: moved.type, backfill },
          ...{ takesName: false, sync: bothWays(old, fresh) },
          before:
            readers.length === 0
              ? [deploy]
              : [
                  `functions that name ${old} and have to name ${fresh} instead: ${readers.join(', ')}`,
                  deploy,
                ],
        })
      : undefined;
  const rest = moved?.others ?? [];
  const byHand = rest.length === 0 ? '' : ` To be moved by hand: ${rest.join('; ')}.`;
  return {
    effect: `After it no version of the app can find ${old} any more.`,
    advice: `Expand and contract: add ${fresh} beside ${old}, write both, backfill, deploy what reads ${fresh}, and drop ${old} last.${byHand}`,
    insteadSql: whole?.join('\n') ?? null,
  };
};

/** The view that takes over the name of a renamed table, where an app version cannot use it as it used the table. */
export const viewsOfRenamed: AdviceRule = (statement, facts) => {
  const name = viewOf(statement);
  if (name === undefined) return renamedBehindView(statement, facts);
  for (const sql of facts.beside) {
    const other = StatementTree.parse(sql);
    if (other === undefined || !('RenameStmt' in other.node)) continue;
    const { relation, renameType, newname = '' } = other.node.RenameStmt;
    if (renameType === 'OBJECT_TABLE' && relation?.relname === name)
      return behindView(other.relation(relation), other.spell(newname));
  }
  return undefined;
};

function renamedBehindView(statement: StatementTree, facts: AdviceFacts): Advice | undefined {
  if (!('RenameStmt' in statement.node)) return undefined;
  const { renameType, relation, newname = '' } = statement.node.RenameStmt;
  if (renameType !== 'OBJECT_TABLE' || relation === undefined) return undefined;
  if (!facts.beside.some((sql) => viewIn(sql) === relation.relname)) return undefined;
  return behindView(statement.relation(relation), statement.spell(newname));
}

function behindView(table: string, fresh: string): Advice {
  return {
    effect: `After it ${table} is a view, and a view is not a table in everything.`,
    advice: `Keep the table under the name ${table} as long as a version with traffic does with it what no view can do (GROUP BY its key, ON CONFLICT ON CONSTRAINT, ctid, LOCK, TRUNCATE): let the new version read a view that is called ${fresh}, and rename when no version names ${table} any more.`,
    insteadSql: `create view ${fresh} as select * from ${table};\n-- grant on ${fresh} what the app's roles need\n-- when no version uses the old name: drop view ${fresh}; alter table ${table} rename to …; in one transaction`,
  };
}

function viewIn(sql: string): string | undefined {
  const statement = StatementTree.parse(sql);
  return statement && viewOf(statement);
}

function viewOf({ node }: StatementTree): string | undefined {
  return 'ViewStmt' in node ? node.ViewStmt.view?.relname : undefined;
}
