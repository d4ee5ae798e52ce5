import type { Remedy } from './remedy.ts';

/** What a new connection meets, and one that is open does not. */

export const mayNotConnect: Remedy = {
  sqlstates: ['28000'],
  cause: 'the role may no longer log in: NOLOGIN, VALID UNTIL, or no line of pg_hba.conf lets it in',
  instead:
    'Give the next version another role first, with its grants, and deploy it; take LOGIN away when pg_stat_activity shows no session of the old role. Open connections go on, so only restarts and pools that grow meet it.',
};

export const connectionLimit: Remedy = {
  sqlstates: ['53300'],
  cause: 'the CONNECTION LIMIT of a role or a database is reached',
  instead:
    'CONNECTION LIMIT counts every session of the role or database on the server, those that were open before it too: set it above the sum of all pools of old and new instances side by side, or make the pools smaller in a deploy before.',
  of({ message }) {
    return /connections for (role|database)/i.test(message)
      ? { advice: this.instead, insteadSql: null }
      : undefined;
  },
};

export const readOnly: Remedy = {
  sqlstates: ['25006'],
  cause: 'a write in a read-only transaction: default_transaction_read_only, or a server that is a standby',
  instead:
    'default_transaction_read_only is for every new session: set it for the role that must not write, and not for the database or the role of a version that writes. A transaction that writes all the same says BEGIN READ WRITE; a standby takes no write at all.',
};
