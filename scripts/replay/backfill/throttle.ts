import { sleep } from '../../shared/clock.ts';
import { formatMs } from '../../shared/text/format.ts';

const LOOK_EVERY_MS = 100;
/** An app that stays slow for another reason must not stop the backfill for good: one batch goes out after this. */
const LONGEST_PAUSE_MS = 15_000;

export interface Pause {
  readonly pausedMs: number;
  readonly reason: string | null;
}

interface AppWatch {
  /** Of the last second; null = no figure. */
  readonly p99Ms: () => number | null;
  /** Milliseconds of the run. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onPause: (reason: string) => void;
}

/** Waits while the app's p99 of the last second is above `limitMs`. */
export async function pauseForApp(
  limitMs: number | undefined,
  { p99Ms, now, signal, onPause }: AppWatch,
): Promise<Pause> {
  const startedMs = now();
  let reason: string | null = null;
  for (let p99 = p99Ms(); limitMs !== undefined && p99 !== null && p99 > limitMs; p99 = p99Ms()) {
    reason ??= `the app's p99 was over ${formatMs(limitMs)}`;
    onPause(reason);
    if (now() - startedMs > LONGEST_PAUSE_MS) break;
    await sleep(LOOK_EVERY_MS, signal);
  }
  return { pausedMs: reason === null ? 0 : now() - startedMs, reason };
}
