import type { Remedy } from './remedy.ts';
import { keywordsOf } from './statement-words.ts';

/* What rows, keys and references a partitioned table takes, and what TRUNCATE does. */

export const defaultRows: Remedy = {
  sqlstates: ['23514'],
  cause: 'the DEFAULT partition holds rows that belong to the new partition',
  instead:
    'In one transaction with a short lock_timeout and retries: create the new table by itself (LIKE … INCLUDING ALL), move the rows (DELETE FROM the DEFAULT partition … RETURNING, INSERT), and ATTACH it. Make partitions before their rows come, and it reads none.',
  of({ message }) {
    return /updated partition constraint for default partition/.test(message)
      ? { advice: this.instead, insteadSql: null }
      : undefined;
  },
};

export const partitionBounds: Remedy = {
  sqlstates: ['23514'],
  cause:
    'rows lie outside the bounds of the partition that they are written to, or that their table is attached as',
  instead:
    'Before ATTACH, add a CHECK of the bounds to the table NOT VALID, move the rows that break it, and VALIDATE it: ATTACH then reads no row. A version that writes into a partition itself has to write to the parent, which finds the right one.',
  of({ message, who, sql, version }) {
    if (/no partition of relation/.test(message)) {
      const isTaken = /\bdetach partition\b|\bdrop table\b/.test(keywordsOf(sql));
      const advice =
        who === 'app' && isTaken
          ? `${version ?? 'The app'} still writes rows of the partition that the step takes away: take it away when no version with traffic does, or let a DEFAULT partition take them.`
          : 'Make the partition for these rows before they come, or a DEFAULT partition that takes what no other does.';
      return { advice, insteadSql: null };
    }
    return /partition constraint/.test(message) ? { advice: this.instead, insteadSql: null } : undefined;
  },
};

export const partitionedUnique: Remedy = {
  sqlstates: ['0A000'],
  cause: 'a key of a partitioned table without the columns that it is partitioned by',
  instead:
    'A key of a partitioned table has to name the columns that it is partitioned by: add them to the key, and to the ON CONFLICT of what writes; or make a unique index on each partition, which holds within that one alone.',
  of({ message }) {
    return /must include all partitioning columns/.test(message)
      ? { advice: this.instead, insteadSql: null }
      : undefined;
  },
};

export const truncateReferenced: Remedy = {
  sqlstates: ['0A000'],
  cause: 'TRUNCATE of a table that a foreign key refers to',
  instead:
    'Delete the rows that may go, in batches and with those that refer to them; or drop the foreign key first. TRUNCATE … CASCADE empties every table that refers to it as well, and those that refer to them.',
  of({ message }) {
    return /cannot truncate a table referenced/.test(message)
      ? { advice: this.instead, insteadSql: null }
      : undefined;
  },
};

export const keyForReference: Remedy = {
  sqlstates: ['42830'],
  cause: 'a foreign key to columns that no unique index of their own covers',
  instead:
    'Make a unique index over exactly these columns first, CONCURRENTLY, without WHERE and without expressions; the foreign key NOT VALID after it, and VALIDATE last.',
};
