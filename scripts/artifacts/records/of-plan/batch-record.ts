/** artifacts/batches.ndjson: one batch of a backfill. No key values: they are row values. */
export interface BatchRecord {
  readonly step: string;
  /** From 1. */
  readonly batch: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Rows that the UPDATE changed. */
  readonly rows: number;
  /** Rows of the key range that the batch covered. */
  readonly covered: number;
  /** Rows to cover in all, estimated before the first batch. */
  readonly estimatedTotal: number;
  readonly walBytes: number;
  /** Pause before this batch, and why. */
  readonly pausedMs: number;
  readonly pauseReason: string | null;
  readonly attempts: number;
  /** Of the first few batches of a table with triggers. Absent of all others. */
  readonly triggers?: BatchTriggers;
}

/** What the triggers of one UPDATE took, as EXPLAIN ANALYZE measures it. */
export interface BatchTriggers {
  /** Of the whole UPDATE with its triggers, on the server; without those that wait for the commit. */
  readonly executionMs: number;
  readonly fired: readonly TriggerTime[];
}

export interface TriggerTime {
  /** Of the trigger, or of the foreign key that it keeps. */
  readonly name: string;
  /** What it calls, with its schema; null of a foreign key. */
  readonly function: string | null;
  readonly calls: number;
  readonly timeMs: number;
}
