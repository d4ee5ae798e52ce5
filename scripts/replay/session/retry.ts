import type { StepError } from '../../artifacts/records/records.ts';
import type { Step } from '../../plan/model.ts';
import { pauseAfterMs, WORTH_ANOTHER_TRY } from '../../plan/retry-policy.ts';
import { sleep } from '../../shared/clock.ts';
import type { OnAttempt } from '../context.ts';
import { StepFailure } from './step-failure.ts';

function isWorthAnotherTry(error: StepError): boolean {
  return error.sqlstate !== null && WORTH_ANOTHER_TRY.has(error.sqlstate);
}

/** Pause before try `attempt + 1`: doubles each time, plus up to a quarter so that two runners do not stay in step. */
export function retryPauseMs(firstMs: number, attempt: number, random: () => number = Math.random): number {
  return pauseAfterMs(attempt, firstMs) * (1 + random() / 4);
}

interface Tries {
  /** Told of each try that gave way. */
  readonly onAttempt: OnAttempt;
  /** Milliseconds of the run. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Tries `work` up to 1 + `retries` times while it fails for its locks. Returns the number of tries. */
export async function withRetries(
  step: Pick<Step, 'retries' | 'retryPauseMs'>,
  work: (attempt: number) => Promise<void>,
  { onAttempt, now, signal }: Tries,
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work(attempt);
      return attempt;
    } catch (error) {
      if (!(error instanceof StepFailure) || !isWorthAnotherTry(error.error) || attempt > step.retries)
        throw error;
      const pauseMs = retryPauseMs(step.retryPauseMs, attempt);
      await onAttempt({ attempt, tMs: now(), error: error.error, pauseMs });
      await sleep(pauseMs, signal);
    }
  }
}
