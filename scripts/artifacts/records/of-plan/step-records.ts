import { z } from 'zod';
import { CommandSessionsRecord, CommandStatementRecord } from './command-records.ts';
import { InterruptionRecord } from './interruption-record.ts';
import { StatementRecord, StepError } from './statement-record.ts';
import { moment, number, text } from '../primitives.ts';

const StepStartRecord = z.object({
  type: z.literal('step-start'),
  step: text,
  tMs: moment,
});

/** A try of a unit that failed and was tried again. */
export const AttemptRecord = z.object({
  type: z.literal('attempt'),
  step: text,
  attempt: number,
  tMs: moment,
  error: StepError,
  pauseMs: moment,
});
export type AttemptRecord = z.infer<typeof AttemptRecord>;

/** The questions of a verify step, asked while another one ran. */
export const AskedRecord = z.object({
  type: z.literal('asked'),
  /** The verify step whose questions they are. */
  step: text,
  /** The step that ran meanwhile. */
  during: text,
  fromMs: moment,
  tMs: moment,
  /** All that they found; null where one of them got no answer. */
  rows: number.nullable(),
  /** Why there was none. */
  sqlstate: text.nullable(),
});
export type AskedRecord = z.infer<typeof AskedRecord>;

export const StepEndRecord = z.object({
  type: z.literal('step-end'),
  step: text,
  tMs: moment,
  status: z.enum(['ok', 'failed', 'skipped']),
  attempts: number,
  error: StepError.nullable(),
  /** Settings of the migration's own session as SHOW said them, such as lock_timeout. */
  shown: z.record(text, text),
  /** Of a sql step that failed: how many statements its files hold. */
  statements: number.exactOptional(),
});
export type StepEndRecord = z.infer<typeof StepEndRecord>;

/** artifacts/steps.ndjson, in order of time. */
export const StepEvent = z.discriminatedUnion('type', [
  StepStartRecord,
  StatementRecord,
  CommandStatementRecord,
  CommandSessionsRecord,
  AttemptRecord,
  InterruptionRecord,
  AskedRecord,
  StepEndRecord,
]);
export type StepEvent = z.infer<typeof StepEvent>;
