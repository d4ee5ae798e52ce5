import type pg from 'pg';
import type { Activity } from '../../plan/production/snapshot-facts.ts';
import { ACTIVITY } from './facts-sql.ts';

/** Below this a handful of requests more or less decide. */
const LEAST_SECONDS = 60;

/** Of the database's counters, at one moment. */
export interface Counters {
  readonly transactions: number;
  /** Of the server's clock. */
  readonly atSeconds: number;
  /** Null = they were never reset by hand, and since when they count is not known. */
  readonly sinceResetSeconds: number | null;
}

/** Undefined where the database is not told of. @throws what PostgreSQL says */
export async function readCounters(client: pg.Client): Promise<Counters | undefined> {
  const { rows } = await client.query<Counters>(ACTIVITY);
  return rows[0];
}

/**
 * How many transactions a second there are: those while the dump ran where it ran long enough, else those since the counters were
 * reset. Whatever the dump did itself is a handful.
 */
export function activityOf(before: Counters | undefined, after: Counters | undefined): Activity | null {
  if (before === undefined || after === undefined) return null;
  const seconds = after.atSeconds - before.atSeconds;
  const done = after.transactions - before.transactions;
  if (seconds >= LEAST_SECONDS && done >= 0) return rate(done, seconds, 'the dump');
  const { sinceResetSeconds, transactions } = after;
  if (sinceResetSeconds === null || sinceResetSeconds < LEAST_SECONDS) return null;
  return rate(transactions, sinceResetSeconds, 'all since its counters were reset');
}

function rate(transactions: number, seconds: number, during: Activity['during']): Activity {
  return { transactionsPerSec: transactions / seconds, seconds, during };
}
