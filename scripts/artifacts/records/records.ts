import type { CommandSessionsRecord, CommandStatementRecord } from './command-records.ts';
import type { InterruptionRecord } from './interruption-record.ts';
import type { Seal } from './seal-record.ts';
import type { ProbeRecord } from './probe-record.ts';
import type { Budgets, PlannedPerformance } from '../../plan/model.ts';
import type { PlannedStep } from '../planned-step.ts';

export type { BatchRecord } from './batch-record.ts';
export type { EnvironmentRecord } from './environment-record.ts';
export type { CompatibilityRecord, TableUse } from './compatibility-record.ts';
export type { PlannedStep } from '../planned-step.ts';
export type { ActorRecord } from './actor-record.ts';
export type { PresenceRecord } from './presence-record.ts';
export type { CommandSessionsRecord, CommandStatementRecord } from './command-records.ts';
export type { InterruptionRecord } from './interruption-record.ts';
export type { ExactWaitRecord } from './wait-records.ts';
export type { OutsideLockRecord, SessionFacts, WaitRecord } from './sighting-records.ts';
export type { ProbeRecord } from './probe-record.ts';
export type { SchemaRecord } from './schema-records.ts';
export type { ServerRecord } from './server-record.ts';
export type { RollbackRecord } from './rollback-records.ts';
export { REQUEST_COLUMNS } from './load-records.ts';
export type { RequestHeader, RequestRow, LoadEvent } from './load-records.ts';

/*
 * What a run leaves behind as evidence, before anybody judges it. Every `tMs` and every `...Ms` that names a moment counts
 * from the run's zero on the monotonic clock (`RunRecord.startedAt` is the wall-clock time of that zero).
 */

/** artifacts/run.json: written when the run starts and again when it ends. */
export interface RunRecord {
  readonly schemaVersion: 1;
  readonly runId: string;
  readonly rehearsal: string;
  readonly target: string;
  readonly toolVersion: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** How the plan's way ended; `error` = the tool or its hosts failed, with the public message in `problem`. */
  readonly outcome: 'running' | 'completed' | 'step-failed' | 'interrupted' | 'error';
  readonly problem: string | null;
  readonly seed: number;
  readonly load: {
    readonly ratePerSec: number;
    readonly connections: number;
    readonly warmupMs: number;
    /** As the rehearsal says it; absent = requests are judged by the baseline. */
    readonly delayedOverMs?: number;
    /** In order of rollout; `weight` as in the scripts' own comment. */
    readonly versions: readonly {
      readonly name: string;
      /** The snapshot's role that it connected as; absent = the superuser. */
      readonly role?: string;
      readonly scripts: readonly { readonly name: string; readonly weight: number }[];
    }[];
  };
  readonly budgets: Budgets;
  /** The rehearsal names no budgets. Absent where it does, and in older runs. */
  readonly hasDefaultBudgets?: true;
  /** Where the plan came from. Absent in older runs. */
  readonly origin?: PlanOrigin;
  readonly standby: boolean;
  readonly plan: readonly PlannedStep[];
  /** The ways to do the change, of which `plan` is the first. Absent where there is but one. */
  readonly plans?: readonly { readonly name: string; readonly steps: readonly PlannedStep[] }[];
  /** Tables that nobody uses while any step runs, by word of the author. Absent where there are none. */
  readonly quietTables?: readonly string[];
  /** The snapshot's role that the plan connected as; absent = the superuser. */
  readonly planRole?: string;
  /** More than one: the evidence of each is in performances/<index>/. Absent in older runs, which had one. */
  readonly performances?: readonly PlannedPerformance[];
  /** Probes that look besides those of every run. Absent in older runs, which may have had them all the same. */
  readonly probes?: readonly ProbeRecord['probe'][];
  /** sha256 over the plan's files (see the run folder's plan/SHA256SUMS). */
  readonly planSha256: string;
  /** Absent until the run has ended, and in older runs. */
  readonly seal?: Seal;
}

/** Which state of the author's files was rehearsed, and from where. */
export interface PlanOrigin {
  /** Name of the machine. */
  readonly machine: string;
  /** Null outside of a repository, as are the others. */
  readonly commit: string | null;
  /** Null also where no branch is checked out. */
  readonly branch: string | null;
  /** Files of the rehearsal are not as in the commit, or not in it. */
  readonly isDirty: boolean | null;
}

/** artifacts/performance.json of a folder below performances/: one playing of the plan. */
export interface PerformanceRecord extends PlannedPerformance {
  /** ISO 8601 UTC: the zero of all times in its folder. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** `running` where it never came to its end. */
  readonly outcome: 'running' | 'completed' | 'step-failed';
  readonly problem: string | null;
  /** Of one of several plans, and one that goes back: the steps that it has instead of those of the run's own record. */
  readonly plan?: readonly PlannedStep[];
}

/** artifacts/snapshot.json */
export interface SnapshotRecord {
  readonly kind: 'plain' | 'archive' | 'generator' | 'command';
  /** Of the source file's bytes; of the generator's text; of the command line. */
  readonly sha256: string;
  /** As stated by the author; null = not stated. */
  readonly takenAt: string | null;
  /** Size of the source in bytes. */
  readonly sourceBytes: number;
  /** Size of the restored database. */
  readonly bytes: number;
  readonly restoreMs: number;
  readonly tables: readonly { readonly name: string; readonly rows: number; readonly bytes: number }[];
  /** Who owns tables and is no superuser, by how many. Absent in older runs. */
  readonly owners?: readonly { readonly role: string; readonly tables: number }[];
  readonly extensions: readonly string[];
  /** A key of each table that has one. Absent in older runs. */
  readonly keys?: readonly RowKey[];
  /** What the restore left out (owners, extensions that are not here), as sentences. */
  readonly warnings: readonly string[];
}

/** Columns that name one row of a table: unique together and NOT NULL. */
export interface RowKey {
  /** `schema.name` */
  readonly relation: string;
  readonly columns: readonly string[];
  /** A column that any UPDATE may set, rather one outside the key. Absent where there is none, and in older runs. */
  readonly settable?: string;
}

/** artifacts/steps.ndjson, in order of time. */
export type StepEvent =
  | StepStartRecord
  | StatementRecord
  | CommandStatementRecord
  | CommandSessionsRecord
  | AttemptRecord
  | InterruptionRecord
  | StepEndRecord;

export interface StepStartRecord {
  readonly type: 'step-start';
  readonly step: string;
  readonly tMs: number;
}

export interface StepEndRecord {
  readonly type: 'step-end';
  readonly step: string;
  readonly tMs: number;
  readonly status: 'ok' | 'failed' | 'skipped';
  readonly attempts: number;
  readonly error: StepError | null;
  /** Settings of the migration's own session as SHOW said them, such as lock_timeout. */
  readonly shown: Readonly<Record<string, string>>;
  /** Of a sql step that failed: how many statements its files hold. */
  readonly statements?: number;
}

/** A try of a unit that failed and was tried again. */
export interface AttemptRecord {
  readonly type: 'attempt';
  readonly step: string;
  readonly attempt: number;
  readonly tMs: number;
  readonly error: StepError;
  readonly pauseMs: number;
}

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

/**
 * Who a session is, known by its process id. `tool`: the rehearsal's own looking; `server`: no client's, such as autovacuum;
 * `prepared`: no session, but a prepared transaction, whose process id is made up and below 0; `other`: nobody knows.
 */
export type SessionRole =
  'app' | 'migration' | 'command' | 'compatibility' | 'actor' | 'tool' | 'server' | 'prepared' | 'other';
