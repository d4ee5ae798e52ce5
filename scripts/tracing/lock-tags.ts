/** PostgreSQL's LockTagType in the order of src/include/storage/lock.h, by the names of pg_locks.locktype. */
export const LOCK_TYPES = [
  'relation',
  'extend',
  'frozenid',
  'page',
  'tuple',
  'transactionid',
  'virtualxid',
  'spectoken',
  'object',
  'userlock',
  'advisory',
  'applytransaction',
] as const;

/** Those whose tag names a relation in its second field. */
export const OF_RELATION: ReadonlySet<string> = new Set(['relation', 'extend', 'page', 'tuple']);

/** LOCKMODE as in src/include/storage/lockdefs.h; 0 is NoLock. */
export const LOCK_MODES = [
  '',
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
] as const;
