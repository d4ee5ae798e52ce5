import type { Node } from 'libpg-query';
import type { AdviceRule } from './rule.ts';
import type { StatementTree } from './statement-tree.ts';

const OUTSIDE =
  'It cannot run inside a transaction block: put it into a file of its own or set transaction: none.';

/** CREATE INDEX, DROP INDEX, REINDEX and REFRESH without CONCURRENTLY. */
export const indexes: AdviceRule = (statement, facts) => {
  const { node } = statement;
  if ('IndexStmt' in node && node.IndexStmt.concurrent !== true && node.IndexStmt.relation) {
    const table = statement.relation(node.IndexStmt.relation);
    return {
      effect: `CREATE INDEX read all of ${table}${facts.sizeOf(table)} while it held SHARE, which stops every write.`,
      advice: `Build it CONCURRENTLY, which lets writes go on. ${OUTSIDE}`,
      insteadSql: `${statement.withWords('concurrently', 'index')};`,
    };
  }
  if (
    'DropStmt' in node &&
    node.DropStmt.removeType === 'OBJECT_INDEX' &&
    node.DropStmt.concurrent !== true
  ) {
    const ifExists = node.DropStmt.missing_ok === true ? ' if exists' : '';
    const names = (node.DropStmt.objects ?? []).map((object) => nameIn(object, statement));
    return {
      effect: 'DROP INDEX held ACCESS EXCLUSIVE on the table of the index, which stops reads and writes.',
      advice: `Drop it CONCURRENTLY, one index a statement. ${OUTSIDE}`,
      insteadSql: names.map((name) => `drop index concurrently${ifExists} ${name};`).join('\n'),
    };
  }
  if ('ReindexStmt' in node && !hasOption(node.ReindexStmt.params, 'concurrently')) {
    return {
      effect: 'REINDEX held locks that stop every write, and reads that want the index.',
      advice: `Rebuild it CONCURRENTLY. ${OUTSIDE}`,
      insteadSql: `${statement.withWords('concurrently', 'index', 'table', 'schema', 'database', 'system')};`,
    };
  }
  if ('RefreshMatViewStmt' in node && node.RefreshMatViewStmt.concurrent !== true) {
    return {
      effect: 'REFRESH MATERIALIZED VIEW held ACCESS EXCLUSIVE on it, which stops every read.',
      advice: 'Refresh it CONCURRENTLY; for that it needs a unique index over all of its rows.',
      insteadSql: `${statement.withWords('concurrently', 'view')};`,
    };
  }
  return undefined;
};

function nameIn(object: Node, statement: StatementTree): string {
  const items = 'List' in object ? (object.List.items ?? []) : [object];
  return items
    .flatMap((item) => ('String' in item ? [statement.spell(item.String.sval ?? '')] : []))
    .join('.');
}

function hasOption(params: readonly Node[] = [], name: string): boolean {
  return params.some((param) => 'DefElem' in param && param.DefElem.defname === name);
}
