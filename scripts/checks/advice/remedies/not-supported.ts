import type { Remedy } from './remedy.ts';

/* feature_not_supported (0A000) of statements that a partitioned table, or a column in use, does not take. */

export const partitionedIndex: Remedy = {
  sqlstates: ['0A000'],
  cause: 'CREATE INDEX CONCURRENTLY on a partitioned table',
  instead:
    'Create the index ON ONLY the parent, where it stays invalid and nothing is read; build one CONCURRENTLY on each partition, outside of a transaction block; and attach each to that of the parent (ALTER INDEX … ATTACH PARTITION), which is valid with the last one.',
  of({ message }) {
    return /cannot create index on partitioned table .* concurrently/.test(message)
      ? { advice: this.instead, insteadSql: null }
      : undefined;
  },
};

export const partitionedDrop: Remedy = {
  sqlstates: ['0A000'],
  cause: 'DROP INDEX CONCURRENTLY of the index of a partitioned table',
  instead:
    'Drop it without CONCURRENTLY, with a short lock_timeout and retries: it takes no time, but ACCESS EXCLUSIVE on the parent and each partition.',
  of({ message }) {
    return /cannot drop partitioned index .* concurrently/.test(message)
      ? { advice: this.instead, insteadSql: null }
      : undefined;
  },
};

export const partitionedKey: Remedy = {
  sqlstates: ['0A000'],
  cause: 'a key of a partitioned table that is to take over an index with USING INDEX',
  instead:
    'Build a unique index CONCURRENTLY on each partition and add the constraint to each of them with USING INDEX; add it to the parent alone (ALTER TABLE ONLY), and attach the index of each partition to that of the parent (ALTER INDEX … ATTACH PARTITION).',
  of({ message }) {
    return /USING INDEX is not supported on partitioned tables/.test(message)
      ? { advice: this.instead, insteadSql: null }
      : undefined;
  },
};

export const usedColumn: Remedy = {
  sqlstates: ['0A000'],
  cause: 'the type of a column changes that a view, a policy, a trigger or a generated column uses',
  instead:
    'In one transaction, drop what uses the column, change its type, and make it anew with its grants. Where the change writes the table anew, that takes the view away for as long: make a new column beside it instead, and move over in steps.',
  of({ message }) {
    return /cannot alter type of a column used/.test(message)
      ? { advice: this.instead, insteadSql: null }
      : undefined;
  },
};
