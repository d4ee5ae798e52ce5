export interface StepError {
  readonly sqlstate: string | null;
  /** Without row values. */
  readonly message: string;
  readonly hint: string | null;
  readonly file: string | null;
  /** Line in `file`, from 1. */
  readonly line: number | null;
  /** A few lines of SQL with a caret under the place; null where PostgreSQL gave no position. */
  readonly excerpt: string | null;
}

/** One statement of a sql step as it ran (each try of it has its own record). */
export interface StatementRecord {
  readonly type: 'statement';
  readonly step: string;
  /** Position in the step, from 1, over all its files. */
  readonly index: number;
  readonly attempt: number;
  readonly file: string;
  readonly line: number;
  /** The author's bytes. */
  readonly sql: string;
  /** Command tag such as `ALTER TABLE`; null after an error. */
  readonly command: string | null;
  /** When it was sent. */
  readonly sentMs: number;
  /** When its own answer had arrived. */
  readonly respondedMs: number;
  /** When its transaction had ended, or ROLLBACK TO had undone it: its locks were free from here on. */
  readonly releasedMs: number;
  readonly rows: number | null;
  /** How the lock set was seen: inside its own transaction (exact), from outside every 10 ms, or not at all. */
  readonly capture: 'transaction' | 'outside' | 'none';
  /** Relations locked after the statement, held by its whole transaction. */
  readonly locks: readonly LockEntry[];
  /** The part of `locks` that this statement took (relation and mode were not held before it). */
  readonly newLocks: readonly LockEntry[];
  readonly rewrote: readonly string[];
  readonly walBytes: number | null;
  /** Of what it locked, named or made, against the last look that met it: the step's beginning for what the step names. */
  readonly sizeChangeBytes: number | null;
  readonly pid: number;
  readonly error: StepError | null;
  /** What the server said beside its answer, alike ones once. Absent where it said nothing, and in older runs. */
  readonly notices?: readonly StatementNotice[];
  /** Absent where the locks were not read inside the transaction. */
  readonly lockSlots?: LockSlots;
  /** Absent where nothing was read by a sequential scan, or nobody could see it. */
  readonly scanned?: readonly ScannedTable[];
}

export interface ScannedTable {
  /** `schema.name` */
  readonly relation: string;
  /** Rows that sequential scans read of it. */
  readonly rows: number;
}

/** NOTICE or WARNING without anything of a row. */
export interface StatementNotice {
  readonly severity: 'NOTICE' | 'WARNING';
  readonly sqlstate: string;
  readonly message: string;
  /** Of `drop cascades to 3 other objects`: each of them, as `view v`. */
  readonly objects?: readonly string[];
  /** How often it was said. */
  readonly count: number;
}

/** Entries of the server's shared lock table. */
export interface LockSlots {
  /** Taken by the whole transaction after the statement; locks on the fast path (weak, and few) take none. */
  readonly used: number;
  /** `max_locks_per_transaction`: the share of one session, which it may exceed while others leave theirs. */
  readonly perTransaction: number;
  /** For all sessions together; beyond it PostgreSQL fails with 53200, out of shared memory. */
  readonly total: number;
}

export interface LockEntry {
  /** `schema.name` */
  readonly relation: string;
  /** As in pg_locks, such as AccessExclusiveLock. */
  readonly mode: string;
  /** False where the relation did not exist before the step: nobody else can wait for it. */
  readonly existedBefore: boolean;
  /** The topmost partitioned table, or index, that the relation is a part of. */
  readonly partitionOf?: string;
}
