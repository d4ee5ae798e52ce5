import type { RequestTable } from '../../scripts/checks/evidence/request-table.ts';

/** Arrivals that find a free connection after the release: so many in a row mean that the queue is gone. */
const FREE_IN_A_ROW = 5;
/** Between being due and having a connection lies only the generator's own lag where one was free. */
const FREE_WITHIN_MS = 1;

export interface TrueVictims {
  readonly count: number;
  /** What they took beyond `medianMs`, in all. */
  readonly seconds: number;
}

/**
 * Whom a blackout delayed, from the traced blackout and the raw requests alone. Whoever was due in it could not be answered before
 * its end: such a request is a victim when the end was more than the threshold away, whatever else is known of it. To them come
 * those that were due shortly before the blackout or its end, or while the queue behind it was not gone, and that took longer than
 * the threshold. The queue is gone when requests find a free connection as they arrive.
 *
 * @param thresholdMs above which a request counts as delayed
 */
export function trueVictims(
  { count, intendedMs, readyMs, endMs }: RequestTable,
  blackout: { readonly fromMs: number; readonly toMs: number },
  thresholdMs: number,
  medianMs: number,
): TrueVictims {
  let victims = 0;
  let ms = 0;
  let free = 0;
  for (let row = 0; row < count && free < FREE_IN_A_ROW; row++) {
    const dueMs = intendedMs[row] ?? 0;
    const tookMs = (endMs[row] ?? 0) - dueMs;
    if (dueMs + tookMs < blackout.fromMs) continue;
    if (dueMs > blackout.toMs) free = (readyMs[row] ?? 0) - dueMs < FREE_WITHIN_MS ? free + 1 : 0;
    const isSure = dueMs > blackout.fromMs && dueMs < blackout.toMs - thresholdMs;
    if (!isSure && tookMs <= thresholdMs) continue;
    victims += 1;
    ms += Math.max(0, tookMs - medianMs);
  }
  return { count: victims, seconds: ms / 1000 };
}
