import type { Node } from 'libpg-query';
import { NO_TIMEOUT, OUTSIDE } from './concurrently.ts';
import type { AdviceRule } from './rule.ts';
import type { StatementTree } from '../../pg/sql/statement-tree.ts';

/** CREATE INDEX, DROP INDEX, REINDEX and REFRESH without CONCURRENTLY. */
export const indexes: AdviceRule = (statement, facts) => {
  const { node } = statement;
  if ('IndexStmt' in node && node.IndexStmt.concurrent !== true && node.IndexStmt.relation) {
    const table = statement.relation(node.IndexStmt.relation);
    const effect = `CREATE INDEX read all of ${table}${facts.sizeOf(table)} while it held SHARE, which stops every write.`;
    if (facts.isPartitioned(table)) {
      return {
        effect,
        advice: `A partitioned table builds no index CONCURRENTLY (0A000): create it ON ONLY the parent, then CONCURRENTLY on each partition, and ATTACH each to the parent's: it is valid with the last one. ${OUTSIDE}`,
        insteadSql: null,
      };
    }
    // IF NOT EXISTS would take the INVALID index that a failed try leaves for the one that is wanted.
    return {
      effect,
      advice: `Build it CONCURRENTLY, which lets writes go on. ${OUTSIDE} ${NO_TIMEOUT}`,
      insteadSql: `${statement.withWords('concurrently', 'index').replace(/(\bconcurrently\s+)if\s+not\s+exists\s+/i, '$1')};`,
    };
  }
  const drop = dropIndex(statement, facts);
  if (drop !== undefined) return drop;
  if ('ReindexStmt' in node && !hasOption(node.ReindexStmt.params, 'concurrently')) {
    return {
      effect: 'REINDEX held locks that stop every write, and reads that want the index.',
      advice: `Rebuild it CONCURRENTLY. ${OUTSIDE} ${NO_TIMEOUT}`,
      insteadSql: `${statement.withWords('concurrently', 'index', 'table', 'schema', 'database', 'system')};`,
    };
  }
  if (
    'RefreshMatViewStmt' in node &&
    node.RefreshMatViewStmt.concurrent !== true &&
    node.RefreshMatViewStmt.skipData !== true
  ) {
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

const dropIndex: AdviceRule = (statement, facts) => {
  const { node } = statement;
  if (!('DropStmt' in node) || node.DropStmt.removeType !== 'OBJECT_INDEX') return undefined;
  if (node.DropStmt.concurrent === true) return undefined;
  const ifExists = node.DropStmt.missing_ok === true ? ' if exists' : '';
  const names = (node.DropStmt.objects ?? []).map((object) => nameIn(object, statement));
  const effect = 'DROP INDEX held ACCESS EXCLUSIVE on the table of the index, which stops reads and writes.';
  if (facts.touchesPartitions) {
    return {
      effect,
      advice:
        'The index of a partitioned table, with those of its partitions that are attached to it, cannot be dropped CONCURRENTLY (0A000). The drop itself is short, so give the step a short lockTimeout and retries, and end its transaction right after it.',
      insteadSql: null,
    };
  }
  return {
    effect,
    advice: `Drop it CONCURRENTLY, one index a statement. ${OUTSIDE} ${NO_TIMEOUT}`,
    insteadSql: names.map((name) => `drop index concurrently${ifExists} ${name};`).join('\n'),
  };
};
