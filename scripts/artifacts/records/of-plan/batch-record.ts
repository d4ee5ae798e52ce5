import { z } from 'zod';
import { moment, number, text } from '../primitives.ts';

export const TriggerTime = z.object({
  /** Of the trigger, or of the foreign key that it keeps. */
  name: text,
  /** What it calls, with its schema; null of a foreign key. */
  function: text.nullable(),
  calls: number,
  timeMs: number,
});
export type TriggerTime = z.infer<typeof TriggerTime>;

/** What the triggers of one UPDATE took, as EXPLAIN ANALYZE measures it. */
export const BatchTriggers = z.object({
  /** Of the whole UPDATE with its triggers, on the server; without those that wait for the commit. */
  executionMs: number,
  fired: z.array(TriggerTime).readonly(),
});
export type BatchTriggers = z.infer<typeof BatchTriggers>;

/** artifacts/batches.ndjson: one batch of a backfill. No key values: they are row values. */
export const BatchRecord = z.object({
  step: text,
  /** From 1. */
  batch: number,
  startMs: moment,
  endMs: moment,
  /** Rows that the UPDATE changed. */
  rows: number,
  /** Rows of the key range that the batch covered. */
  covered: number,
  /** Rows to cover in all, estimated before the first batch. */
  estimatedTotal: number,
  walBytes: number,
  /** Pause before this batch, and why. */
  pausedMs: moment,
  pauseReason: text.nullable(),
  attempts: number,
  /** Of the first few batches of a table with triggers. Absent of all others. */
  triggers: BatchTriggers.exactOptional(),
});
export type BatchRecord = z.infer<typeof BatchRecord>;
