import { z } from 'zod';
import { CUTS } from '../../../plan/model.ts';
import { StepError } from './statement-record.ts';
import { moment, number, text } from '../primitives.ts';

/**
 * Where a step stood when it was cut off. `running`: the statement was at work; `open`: it was done, and its transaction open;
 * `committing`: its commit was under way; `done`: it was over before the cut came.
 */
export const CUT_MOMENTS = ['running', 'open', 'committing', 'done'] as const;

const CutBackfill = z.object({
  table: text,
  cuts: number,
  /** Rows that a batch had changed and another one changed again; not those that the app had changed between. */
  rowsTwice: number,
  /** Rows that it was to change and that nobody has changed since its start; null where it failed. */
  rowsLeftOut: number.nullable(),
  /** Its SET list reads nothing that it sets, so that a row is the same when it is done twice; null where that cannot be told. */
  isSameAgain: z.boolean().nullable(),
});

export const ToolLock = z.object({
  tool: text,
  /** Quoted and qualified. */
  table: text,
  /** What removes it: a command of the tool, or SQL. */
  remedy: text,
});
export type ToolLock = z.infer<typeof ToolLock>;

const CutCommand = z.object({
  /** What its session had sent, without constants; null where the command was over before the place that was drawn. */
  sql: text.nullable(),
  /** What migration tools keep in their tables while they are at work, and that was left there. */
  toolLocks: z.array(ToolLock).readonly(),
});

/** In artifacts/steps.ndjson: a step was cut off, and what became of its second try. Written when that has ended. */
export const InterruptionRecord = z.object({
  type: z.literal('interruption'),
  step: text,
  how: z.enum(CUTS),
  /** When it was cut off. */
  tMs: moment,
  /** Position of the statement in the step, from 1, and its try; 0 of a backfill and of a command. */
  index: number,
  attempt: number,
  /** Null of a backfill and of a command. */
  file: text.nullable(),
  line: number.nullable(),
  moment: z.enum(CUT_MOMENTS),
  /** How long the server went on with it by itself; null where it still did when the second try began. */
  serverWentOnMs: moment.nullable(),
  /** Those that it held all that time for a client that was gone; absent where it held none. */
  advisoryLocks: number.exactOptional(),
  /** The first file of the second try, where the tool has a record of those that were done before; null = all of them again. */
  againFrom: text.nullable(),
  /** Of the second try; null where it went through. */
  error: StepError.nullable(),
  /** The statement that it failed at, and its try. */
  failedIndex: number.nullable(),
  secondAttempt: number,
  /** From when to when nobody could be connected, for each crash of the server; absent of all other ways. */
  downs: z
    .array(z.object({ fromMs: moment, toMs: moment }))
    .readonly()
    .exactOptional(),
  /** Of a backfill, which may be cut off several times: the last cut stands above. */
  backfill: CutBackfill.exactOptional(),
  command: CutCommand.exactOptional(),
});
export type InterruptionRecord = z.infer<typeof InterruptionRecord>;
