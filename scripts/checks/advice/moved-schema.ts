import { asTheTable } from './renames.ts';
import type { AdviceRule } from './rule.ts';

/** ALTER TABLE … SET SCHEMA: whoever names the old schema, or has no search_path with the new one, finds the table no more. */
export const movedToSchema: AdviceRule = (statement, facts) => {
  if (!('AlterObjectSchemaStmt' in statement.node)) return undefined;
  const { objectType, relation, newschema = '' } = statement.node.AlterObjectSchemaStmt;
  if (objectType !== 'OBJECT_TABLE' || relation === undefined) return undefined;
  const table = statement.relation(relation);
  const schema = statement.spell(newschema);
  return {
    effect: `After it ${table} is in ${schema}, and no version of the app that does not look there can find it.`,
    advice:
      'Leave a view under the old name in the same transaction, with the privileges of the table, and drop it when no version uses the old name. A search_path with the new schema helps only what names no schema, and only connections that are opened after it was set.',
    insteadSql: [
      'begin;',
      `${statement.text(0)};`,
      `create view ${table} as select * from ${schema}.${statement.spell(relation.relname ?? '')};`,
      ...asTheTable(table, facts.renamedOf(relation)),
      'commit;',
      `-- when no version uses the old name: drop view ${table};`,
    ].join('\n'),
  };
};
