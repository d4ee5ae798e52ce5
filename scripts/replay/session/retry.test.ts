import { describe, expect, it } from 'vitest';
import type { StepError } from '../../artifacts/records/records.ts';
import { retryPauseMs, withRetries } from './retry.ts';
import { StepFailure } from './step-failure.ts';

function failure(sqlstate: string): StepFailure {
  const error: StepError = { sqlstate, message: 'm', hint: null, file: null, line: null, excerpt: null };
  return new StepFailure(error);
}
const step = { retries: 3, retryPauseMs: 1 };
const signal = new AbortController().signal;
const now = (): number => 0;

describe('withRetries', () => {
  it('tries again after a lock timeout and tells each try that gave way', async () => {
    const told: number[] = [];
    const tries = await withRetries(
      step,
      (attempt) => (attempt < 3 ? Promise.reject(failure('55P03')) : Promise.resolve()),
      { onAttempt: ({ attempt }) => void told.push(attempt), now, signal },
    );
    expect({ tries, told }).toEqual({ tries: 3, told: [1, 2] });
  });

  it('gives up after the allowed number of retries', async () => {
    const told: number[] = [];
    const work = withRetries(step, () => Promise.reject(failure('55P03')), {
      onAttempt: ({ attempt }) => void told.push(attempt),
      now,
      signal,
    });
    await expect(work).rejects.toThrow(StepFailure);
    expect(told).toEqual([1, 2, 3]);
  });

  it('does not try again after an error that another try cannot mend', async () => {
    let tries = 0;
    const work = withRetries(
      step,
      () => {
        tries += 1;
        return Promise.reject(failure('42703'));
      },
      { onAttempt: () => undefined, now, signal },
    );
    await expect(work).rejects.toThrow(StepFailure);
    expect(tries).toBe(1);
  });

  it('stops waiting for the next try when the run is aborted', async () => {
    const abort = new AbortController();
    const work = withRetries({ retries: 9, retryPauseMs: 60_000 }, () => Promise.reject(failure('40P01')), {
      onAttempt: () => {
        abort.abort(new Error('interrupted'));
      },
      now,
      signal: abort.signal,
    });
    await expect(work).rejects.toThrow('interrupted');
  });
});

describe('retryPauseMs', () => {
  it('doubles from try to try up to half a minute, plus at most a quarter', () => {
    expect([1, 2, 3, 20].map((attempt) => retryPauseMs(200, attempt, () => 0))).toEqual([
      200, 400, 800, 30_000,
    ]);
    expect(retryPauseMs(200, 1, () => 1)).toBe(250);
  });
});
