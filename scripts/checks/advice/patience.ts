import { pauseAfterMs, RETRY_PAUSE_MS } from '../../plan/retry-policy.ts';

/** More than most lock timeouts are: each try stops the app for so long. */
const LOCK_TIMEOUT_MS = 500;
/** A wait is a little longer than its timeout, and the budget is for the whole of it. */
const SHARE_OF_BUDGET = 0.6;
const RETRIES = 10;
const FEWEST_RETRIES = 5;
/** Whoever was there for so long in the rehearsal may stay longer in production. */
const RESERVE = 1.1;

/** What makes a step give way and still get there. */
export interface Patience {
  readonly lockTimeoutMs: number;
  readonly retries: number;
  /** How long it goes on trying, at least. */
  readonly lastsMs: number;
}

/**
 * A lock timeout that fits into the budget for waits, and so many retries that they outlast those who stood in the way.
 * @param staysMs how long these stay; null = not known
 */
export function fittingPatience(budgetMs: number | undefined, staysMs: number | null): Patience {
  const fit = Math.max(10, Math.floor(((budgetMs ?? Infinity) * SHARE_OF_BUDGET) / 10) * 10);
  const lockTimeoutMs = Math.min(LOCK_TIMEOUT_MS, fit);
  return withTimeout(lockTimeoutMs, RETRY_PAUSE_MS, staysMs);
}

/** The same for a step that gives way already: its own timeout and first pause, more retries. */
export function longerPatience(lockTimeoutMs: number, pauseMs: number, staysMs: number | null): Patience {
  return withTimeout(lockTimeoutMs, pauseMs, staysMs);
}

function withTimeout(lockTimeoutMs: number, pauseMs: number, staysMs: number | null): Patience {
  let retries = staysMs === null ? RETRIES : FEWEST_RETRIES;
  while (staysMs !== null && lastsMs(retries, lockTimeoutMs, pauseMs) < staysMs * RESERVE) retries += 1;
  return { lockTimeoutMs, retries, lastsMs: lastsMs(retries, lockTimeoutMs, pauseMs) };
}

/** From the first try to the end of the last one, without the random part of the pauses. */
function lastsMs(retries: number, lockTimeoutMs: number, pauseMs: number): number {
  let sum = lockTimeoutMs;
  for (let attempt = 1; attempt <= retries; attempt++) sum += lockTimeoutMs + pauseAfterMs(attempt, pauseMs);
  return sum;
}
