/** lock_not_available, deadlock_detected, serialization_failure: the same statement can succeed a moment later. */
export const WORTH_ANOTHER_TRY: ReadonlySet<string> = new Set(['55P03', '40P01', '40001']);
/** `retries` of rehearsal.yaml, where a step names none, and the most that it may name. */
export const RETRIES = 0;
export const MOST_RETRIES = 1000;
/** `retryPause` of rehearsal.yaml, where a step names none. */
export const RETRY_PAUSE_MS = 200;
/** So far it doubles. */
export const RETRY_PAUSE_MAX_MS = 30_000;

/** Milliseconds between try `attempt` and the next one, without the random part. */
export function pauseAfterMs(attempt: number, firstMs: number = RETRY_PAUSE_MS): number {
  return Math.min(RETRY_PAUSE_MAX_MS, firstMs * 2 ** (attempt - 1));
}
