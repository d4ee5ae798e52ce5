import type { Cut } from '../../../plan/model.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import type { StepError } from './statement-record.ts';

/**
 * Where a step stood when it was cut off. `running`: the statement was at work; `open`: it was done, and its transaction open;
 * `committing`: its commit was under way; `done`: it was over before the cut came.
 */
export const CUT_MOMENTS = ['running', 'open', 'committing', 'done'] as const;

/** In artifacts/steps.ndjson: a step was cut off, and what became of its second try. Written when that has ended. */
export interface InterruptionRecord {
  readonly type: 'interruption';
  readonly step: string;
  readonly how: Cut;
  /** When it was cut off. */
  readonly tMs: number;
  /** Position of the statement in the step, from 1, and its try; 0 of a backfill and of a command. */
  readonly index: number;
  readonly attempt: number;
  /** Null of a backfill and of a command. */
  readonly file: string | null;
  readonly line: number | null;
  readonly moment: (typeof CUT_MOMENTS)[number];
  /** How long the server went on with it by itself; null where it still did when the second try began. */
  readonly serverWentOnMs: number | null;
  /** The first file of the second try, where the tool has a record of those that were done before; null = all of them again. */
  readonly againFrom: string | null;
  /** Of the second try; null where it went through. */
  readonly error: StepError | null;
  /** The statement that it failed at, and its try. */
  readonly failedIndex: number | null;
  readonly secondAttempt: number;
  /** From when to when nobody could be connected, for each crash of the server; absent of all other ways. */
  readonly downs?: readonly Interval[];
  /** Of a backfill, which may be cut off several times: the last cut stands above. */
  readonly backfill?: CutBackfill;
  readonly command?: CutCommand;
}

interface CutCommand {
  /** What its session had sent, without constants; null where the command was over before the place that was drawn. */
  readonly sql: string | null;
  /** What migration tools keep in their tables while they are at work, and that was left there. */
  readonly toolLocks: readonly ToolLock[];
}

export interface ToolLock {
  readonly tool: string;
  /** Quoted and qualified. */
  readonly table: string;
  /** What removes it: a command of the tool, or SQL. */
  readonly remedy: string;
}

interface CutBackfill {
  readonly table: string;
  readonly cuts: number;
  /** Rows that a batch had changed and another one changed again; not those that the app had changed between. */
  readonly rowsTwice: number;
  /** Rows that it was to change and that nobody has changed since its start; null where it failed. */
  readonly rowsLeftOut: number | null;
  /** Its SET list reads nothing that it sets, so that a row is the same when it is done twice; null where that cannot be told. */
  readonly isSameAgain: boolean | null;
}
