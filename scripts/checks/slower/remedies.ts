import { quoted } from '../../pg/sql/statement-tree.ts';
import type { SlowCause } from '../analysis/slower/causes.ts';
import { typeChange } from '../analysis/slower/statistics-gaps.ts';
import type { CheckFinding } from '../check.ts';
import { listed, shortRelation } from '../wording.ts';

type Remedy = Pick<CheckFinding, 'advice' | 'insteadSql'>;

/**
 * @param sql the statement that did it; empty where none can be named
 * @param rewrote whether it wrote its table anew, which is better done beside it
 */
export function remedyOf(cause: SlowCause, sql: string, rewrote = false): Remedy {
  switch (cause.kind) {
    case 'key-unindexed': {
      const { table, columns } = cause.key;
      return {
        advice: `Build the index on ${listed(columns)} of ${shortRelation(table)} first, CONCURRENTLY, and add the foreign key when it is there.`,
        insteadSql: `create index concurrently on ${spelled(table)} (${columns.map(quoted).join(', ')});${then(sql)}`,
      };
    }
    case 'statistics-gone':
    case 'statistics-gap':
      return statisticsRemedy(cause.table, cause.columns, sql, rewrote);
    case 'index-gone':
      return {
        advice: `Build an index that serves its queries without what the step takes away, CONCURRENTLY and before the step; an index falls with each of its columns.`,
      };
    case 'index-made':
      return {
        advice: `Give the planner what it needs to choose: ANALYZE after the index, or an index whose leading columns are those that the query compares; drop ${cause.index.name} (DROP INDEX CONCURRENTLY) where no query needs it.`,
      };
    case 'trigger-made':
      return {
        advice: `Make what ${cause.trigger.function} does cheaper (an index for what it reads, no query for what NEW and OLD hold), or restrict it: UPDATE OF the columns that matter, WHEN (OLD IS DISTINCT FROM NEW).`,
      };
    case 'plan-changed':
      return {
        advice:
          'Compare the two plans with EXPLAIN (ANALYZE, BUFFERS), and give the planner back what the step took: statistics (ANALYZE), or an index for the new form of the query.',
      };
  }
}

/** ALTER COLUMN TYPE removes the statistics of the column (RemoveStatistics in PostgreSQL's commands/tablecmds.c). */
function statisticsRemedy(table: string, columns: readonly string[], sql: string, rewrote: boolean): Remedy {
  const analyse = `analyze ${spelled(table)} (${columns.map(quoted).join(', ')});`;
  if (typeChange(sql) === undefined) {
    return {
      advice: `Run ANALYZE on ${shortRelation(table)} before the app meets it: in the same transaction, or under its other name before it takes this one.`,
      insteadSql: analyse,
    };
  }
  if (rewrote) {
    return {
      advice: `Where the type is changed by a new column that takes over the name: ANALYZE ${listed(columns)} before the swap, in steps that stop nobody. Where it is changed in its place, ALTER and ANALYZE belong in one transaction: apart, queries are planned without the statistics.`,
      insteadSql: null,
    };
  }
  return {
    advice: `Change the type and run ANALYZE of ${listed(columns)} in one transaction (transaction: single): then no query is planned without the statistics, also while ANALYZE runs.`,
    insteadSql: `begin;\n${sql.trim().replace(/;$/, '')};\n${analyse}\ncommit;`,
  };
}

function then(sql: string): string {
  return sql === '' ? '' : `\n${sql.trim().replace(/;$/, '')};`;
}

function spelled(table: string): string {
  return shortRelation(table).split('.').map(quoted).join('.');
}
