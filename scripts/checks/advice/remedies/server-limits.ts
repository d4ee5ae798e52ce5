import type { Remedy } from './remedy.ts';
import { isInSeveralTransactions } from './statement-words.ts';

/** The same before and after the lock table is full. */
export const LOCK_TABLE_ADVICE =
  'Use one transaction for each tenant, table or partition, so that its locks go before the next ones come. One statement that has to reach every partition cannot be divided: for that raise max_locks_per_transaction before, which takes a restart.';

export const lockTable: Remedy = {
  sqlstates: ['53200'],
  cause: 'one transaction locked more objects than the shared lock table holds',
  instead: LOCK_TABLE_ADVICE,
  of({ message }) {
    return /shared memory|^$/.test(message) ? { advice: this.instead, insteadSql: null } : undefined;
  },
};

export const connections: Remedy = {
  sqlstates: ['53300'],
  cause:
    'no connection was free: the app, the migration and everybody else together have more than the server, database or role may have',
  instead:
    'Keep the sum of all pools below max_connections, also while old and new instances of the app run side by side; requests that wait for a lock keep their connection, so a long lock brings it about too.',
};

export const stackDepth: Remedy = {
  sqlstates: ['54001'],
  cause:
    'something calls itself without end: a trigger that writes its own table, a rule or a view over itself',
  instead:
    'Let the trigger write NEW in a BEFORE trigger instead of updating its own table, or end the recursion with WHEN (pg_trigger_depth() = 0) or IS DISTINCT FROM.',
};

export const concurrentTimeout: Remedy = {
  sqlstates: ['55P03'],
  cause:
    'lock_timeout ended CREATE INDEX, REINDEX, DROP INDEX or DETACH … CONCURRENTLY while it waited for older transactions',
  instead:
    'Give what is CONCURRENTLY lock_timeout = 0 (lockTimeout: 0s): it waits for older transactions and stops nobody meanwhile. A timeout leaves it half done, so more tries only meet what the first one left: drop the INVALID index first, or FINALIZE the detach.',
  of({ who, sql }) {
    const isConcurrent = who === 'plan' && isInSeveralTransactions(sql);
    return isConcurrent ? { advice: this.instead, insteadSql: null } : undefined;
  },
};

const UNDER_NONE =
  'Give it statement_timeout = 0 and lock_timeout = 0: it stops nobody, and what a timeout leaves half done stays. Drop the INVALID index first, or FINALIZE the detach.';

export const statementTimeout: Remedy = {
  sqlstates: ['57014'],
  cause: 'statement_timeout ended a statement, or somebody cancelled it',
  instead:
    'A statement that reads or writes a whole table needs a statement_timeout of its own (0 for CREATE INDEX CONCURRENTLY and VALIDATE, which stop nobody) and a short lock_timeout; changes of rows go into a backfill step, in batches.',
  of({ who, sql }) {
    if (who !== 'plan') return undefined;
    const own = isInSeveralTransactions(sql) ? UNDER_NONE : this.instead;
    return { advice: own, insteadSql: null };
  },
};
