/*
 * What a run leaves behind as evidence, before anybody judges it. Every `tMs` and every `...Ms` that names a moment counts
 * from the run's zero on the monotonic clock (`RunRecord.startedAt` is the wall-clock time of that zero).
 */
export type { BatchRecord } from './of-plan/batch-record.ts';
export type { EnvironmentRecord } from './of-run/environment-record.ts';
export type { CompatibilityRecord, TableUse } from './compatibility-record.ts';
export type { PlannedStep } from './of-run/plan-facts.ts';
export type { ActorRecord } from './actor-record.ts';
export type { PresenceRecord } from './presence-record.ts';
export type { CommandSessionsRecord, CommandStatementRecord } from './of-plan/command-records.ts';
export type { InterruptionRecord } from './of-plan/interruption-record.ts';
export type { ExactWaitRecord } from './wait-records.ts';
export type { OutsideLockRecord, SessionFacts, WaitRecord } from './sighting-records.ts';
export type { ProbeRecord } from './probe-record.ts';
export type { SchemaRecord } from './of-plan/schema-records.ts';
export type { ServerRecord } from './server-record.ts';
export type { RollbackRecord } from './of-plan/rollback-records.ts';
export { REQUEST_COLUMNS } from './load-records.ts';
export type { RequestHeader, RequestRow, LoadEvent } from './load-records.ts';
export type { PlayingRecord, PlanOrigin, RunRecord } from './of-run/run-record.ts';
export type { Disarmed, RowKey, SnapshotRecord } from './of-run/snapshot-record.ts';
export type { AskedRecord, AttemptRecord, StepEndRecord, StepEvent } from './of-plan/step-records.ts';
export type {
  LockEntry,
  LockSlots,
  ScannedTable,
  StatementNotice,
  StatementRecord,
  StepError,
} from './of-plan/statement-record.ts';
export type { SessionRole } from './session-role.ts';
