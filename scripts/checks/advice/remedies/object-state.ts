import { quoted } from '../../../pg/sql/statement-tree.ts';
import { namedIn, type Remedy } from './remedy.ts';

export const replicaIdentity: Remedy = {
  sqlstates: ['55000'],
  cause: 'UPDATE and DELETE of a published table that has no replica identity',
  instead:
    'Never leave a published table without a replica identity: make the new unique index CONCURRENTLY first, then take it over with REPLICA IDENTITY USING INDEX before, or in the same transaction as, what drops the old key. REPLICA IDENTITY FULL bridges the time until then.',
  of({ message }) {
    const found = /replica identity/i.test(message);
    if (!found) return undefined;
    const table = namedIn(message, 'table');
    return {
      advice: this.instead,
      insteadSql:
        table === undefined
          ? null
          : `alter table ${quoted(table)} replica identity full; -- before the old key goes; with the new key: replica identity using index …`,
    };
  },
};

export const pendingDetach: Remedy = {
  sqlstates: ['55000', '42P17', '55006', '42809'],
  cause: 'DETACH PARTITION … CONCURRENTLY was broken off and left the partition half detached',
  instead:
    'Finish it with ALTER TABLE … DETACH PARTITION … FINALIZE, outside of a transaction block; before that nothing else can be attached or detached there.',
  of({ message }) {
    return /pending detach|detach(ed|ing)|FINALIZE/i.test(message)
      ? { advice: this.instead, insteadSql: null }
      : undefined;
  },
};

export const defaultPartition: Remedy = {
  sqlstates: ['55000'],
  cause: 'DETACH PARTITION … CONCURRENTLY where the table has a DEFAULT partition',
  instead:
    'CONCURRENTLY is not possible beside a DEFAULT partition: detach without it, with a short lock_timeout and retries. It reads no row, but needs ACCESS EXCLUSIVE on the table and the DEFAULT partition for a moment.',
  of({ message, sql }) {
    if (!/default partition/i.test(message)) return undefined;
    const plain = sql.replace(/\s+concurrently\s*;?\s*$/i, '');
    return { advice: this.instead, insteadSql: plain === sql ? null : `${plain};` };
  },
};

export const pendingTriggers: Remedy = {
  sqlstates: ['55006'],
  cause: 'ALTER TABLE in the transaction of an UPDATE or INSERT whose deferred checks or triggers still wait',
  instead:
    'Change rows and the table in two transactions: a backfill step, then the ALTER. Where they must be one, SET CONSTRAINTS ALL IMMEDIATE between them.',
  of({ message }) {
    return /pending trigger events/i.test(message) ? { advice: this.instead, insteadSql: null } : undefined;
  },
};

export const inUse: Remedy = {
  sqlstates: ['55006'],
  cause: 'the object is used by a query or a session at that moment',
  instead:
    'End what uses it first: an open cursor or a query of the same session, or the sessions of the database or slot that is dropped.',
};

export const newEnumValue: Remedy = {
  sqlstates: ['55P04'],
  cause: 'a value that ALTER TYPE … ADD VALUE has just added is used in the same transaction',
  instead: 'Commit ALTER TYPE … ADD VALUE first: a step, or a file, of its own before what uses the value.',
};
