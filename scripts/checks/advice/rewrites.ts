import type { AdviceRule } from './rule.ts';

/** VACUUM FULL and CLUSTER, which copy a table while nobody may touch it. */
export const rewrites: AdviceRule = (statement, facts) => {
  const { node } = statement;
  if ('VacuumStmt' in node) {
    const { options = [], rels = [] } = node.VacuumStmt;
    if (!options.some((option) => 'DefElem' in option && option.DefElem.defname === 'full')) return undefined;
    const tables = rels.flatMap((rel) => {
      return 'VacuumRelation' in rel && rel.VacuumRelation.relation
        ? [statement.relation(rel.VacuumRelation.relation)]
        : [];
    });
    const list = tables.join(', ');
    return {
      effect: `VACUUM FULL copied ${list === '' ? 'every table' : `${list}${tables.map(facts.sizeOf).join('')}`} while it held ACCESS EXCLUSIVE.`,
      advice:
        'A plain VACUUM makes the space usable again without stopping anybody; pg_repack gives it back to the disk.',
      insteadSql: `vacuum (analyze)${list === '' ? '' : ` ${list}`};`,
    };
  }
  if ('ClusterStmt' in node) {
    return {
      effect: 'CLUSTER copied the table while it held ACCESS EXCLUSIVE.',
      advice: 'Use pg_repack, which copies the table while the app goes on, or leave it out of the release.',
      insteadSql: null,
    };
  }
  return undefined;
};
