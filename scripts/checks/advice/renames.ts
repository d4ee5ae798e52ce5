import type { AdviceRule } from './rule.ts';
import { newName } from './statement-tree.ts';
import { bothWays, dropSync, syncTrigger } from './sync-trigger.ts';

/** RENAME changes the name for all versions of the app at the same moment: one of them is always wrong. */
export const renames: AdviceRule = (statement) => {
  if (!('RenameStmt' in statement.node)) return undefined;
  const { renameType, relation, subname = '', newname = '' } = statement.node.RenameStmt;
  if (relation === undefined) return undefined;
  const table = statement.relation(relation);
  const fresh = statement.spell(newname);
  if (renameType === 'OBJECT_TABLE') {
    const schema = relation.schemaname === undefined ? '' : `${statement.spell(relation.schemaname)}.`;
    return {
      effect: `After it no version of the app can find ${table} any more.`,
      advice:
        'Leave a view under the old name in the same transaction, and drop it when no version uses the old name.',
      insteadSql: [
        'begin;',
        `${statement.text(0)};`,
        `create view ${table} as select * from ${schema}${fresh};`,
        'commit;',
        `-- when no version uses the old name: drop view ${table};`,
      ].join('\n'),
    };
  }
  if (renameType !== 'OBJECT_COLUMN') return undefined;
  const old = statement.spell(subname);
  const sync = newName(relation.relname ?? '', newname, 'sync');
  return {
    effect: `After it no version of the app can find ${old} any more.`,
    advice: `Expand and contract: add ${fresh} beside ${old}, write both, backfill, deploy what reads ${fresh}, and drop ${old} last.`,
    insteadSql: [
      `alter table ${table} add column ${fresh} text; -- the type of ${old}`,
      `-- give ${fresh} what ${old} has: default, NOT NULL (by a validated CHECK), keys and indexes (CONCURRENTLY), privileges`,
      ...syncTrigger(table, sync, bothWays(old, fresh)),
      `-- backfill: { table: ${table}, key: <primary key>, set: "${fresh} = ${old}", where: "${fresh} is distinct from ${old}" }`,
      `-- deploy the version that uses ${fresh}, then:`,
      ...dropSync(table, sync),
      `alter table ${table} drop column ${old};`,
    ].join('\n'),
  };
};
