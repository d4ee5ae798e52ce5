import type { Cut } from '../plan/model.ts';
import type { StepError } from './records.ts';

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
  /** Position of the statement in the step, from 1, and its try. */
  readonly index: number;
  readonly attempt: number;
  readonly file: string;
  readonly line: number;
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
}
