import { z } from 'zod';
import { statisticsSchema, type Statistics } from './statistics.ts';
import { StatisticsSql } from './statistics-sql.ts';

/** What a file of statistics says, or what is wrong with it, in words that hold nothing of it. */
type ReadStatistics = { readonly statistics: Statistics } | { readonly mistake: string };

/** @param text `statistics.json`, or what `pg_dump --statistics-only` of PostgreSQL 18 writes */
export async function readStatisticsText(text: string): Promise<ReadStatistics> {
  return text.trimStart().startsWith('{') ? fromJson(text) : fromSql(text);
}

function fromJson(text: string): ReadStatistics {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { mistake: 'is not JSON' };
  }
  const { data, error } = statisticsSchema.safeParse(value);
  if (data !== undefined) return { statistics: data };
  const [issue] = error.issues;
  return {
    mistake: `is no statistics of dress-rehearsal: ${z.core.toDotPath(issue?.path ?? [])} is not as expected`,
  };
}

async function fromSql(text: string): Promise<ReadStatistics> {
  const gathered = new StatisticsSql();
  try {
    await gathered.takeAll(text);
  } catch {
    return { mistake: 'is neither JSON nor SQL' };
  }
  const { statistics } = gathered;
  return statistics === undefined
    ? {
        mistake:
          'holds no statistics of a table that was analysed; take pg_dump --statistics-only of PostgreSQL 18, after ANALYZE',
      }
    : { statistics };
}
