import type { UnfinishedObject } from '../../artifacts/records/of-plan/schema-records.ts';
import { listed, shortRelation } from '../wording.ts';

/** The transient and the replaced index of REINDEX CONCURRENTLY (PostgreSQL's documentation of REINDEX). */
const OF_REINDEX = /_cc(?:new|old)\d*"?$/;

/** `index a_idx of a is INVALID` */
export function stateOf({ kind, name, relation, isPart, lacking }: UnfinishedObject): string {
  const of = shortRelation(relation);
  const own = shortRelation(name);
  switch (kind) {
    case 'index':
      return `index ${own} of ${of} is INVALID: no query uses it, and writes pay for it`;
    case 'partitioned-index':
      return `index ${own} of ${of} is INVALID: ${lacking.length === 0 ? 'a partition has it only in part' : `${listed(lacking.map(shortRelation))} ${lacking.length === 1 ? 'has' : 'have'} no valid index attached to it`}`;
    case 'constraint':
      return `constraint ${own} of ${of} is NOT VALID: rows that were there before were never checked`;
    case 'domain-constraint':
      return `constraint ${own} of domain ${of} is NOT VALID: values that were there before were never checked`;
    case 'detached-partition':
      return `the detach of partition ${own} from ${of} is pending: neither queries of ${of} nor writes to it reach its rows`;
    case 'trigger':
      return isPart
        ? `constraint ${own} is not kept by ${of}, whose triggers for it are disabled: rows that break it are let in`
        : `trigger ${own} of ${of} is disabled`;
    case 'prepared-transaction':
      return `transaction ${name} is prepared and neither committed nor rolled back: ${lacking.length === 0 ? '' : `it keeps its locks on ${listed(lacking.map(shortRelation))}, and `}VACUUM removes no row that died since`;
    case 'unlogged-table':
      return `table ${own} is UNLOGGED: a crash empties it, and standbys and backups have no row of it`;
    case 'replication-slot':
      return `nobody reads replication slot ${name}: the server keeps all WAL from now on until its disk is full`;
  }
}

/** The statement that removes or finishes it. */
export function remedyOf({ kind, name, relation, isPart, lacking }: UnfinishedObject): string {
  switch (kind) {
    case 'index':
      if (isPart && !OF_REINDEX.test(name)) return `reindex index concurrently ${name};`;
      // DROP INDEX CONCURRENTLY is refused for a TOAST table's.
      return name.startsWith('pg_toast.') ? `drop index ${name};` : `drop index concurrently ${name};`;
    case 'partitioned-index':
      return [
        ...lacking.map((part) => `-- create index concurrently … on ${part} (…);`),
        ...lacking.map(() => `-- alter index ${name} attach partition …;`),
        `drop index ${name};`,
      ].join('\n');
    case 'constraint':
      return `alter table ${relation} validate constraint ${name};`;
    case 'domain-constraint':
      return `alter domain ${relation} validate constraint ${name};`;
    case 'detached-partition':
      return `alter table ${relation} detach partition ${name} finalize;`;
    case 'trigger':
      return `alter table ${relation} enable trigger ${isPart ? 'all' : name};`;
    case 'prepared-transaction':
      return `commit prepared ${name}; -- or rollback prepared ${name};`;
    case 'unlogged-table':
      return `alter table ${relation} set logged;`;
    case 'replication-slot':
      return `select pg_drop_replication_slot(${name});`;
  }
}
