import { sleep } from '../../shared/clock.ts';
import { formatMs } from '../../shared/text/format.ts';

const LOOK_EVERY_MS = 100;
/** An app that stays slow for another reason must not stop the backfill for good: it goes on after this. */
const LONGEST_PAUSE_MS = 15_000;
const ALSO_WITHOUT = ` and stayed there through a pause of ${formatMs(LONGEST_PAUSE_MS)}, so the backfill went on`;

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

/** Holds a backfill back while the app is slow. */
export class AppThrottle {
  readonly #limitMs: number | undefined;
  #isInVain = false;

  /** @param limitMs for the app's p99; undefined = it is never held back */
  constructor(limitMs: number | undefined) {
    this.#limitMs = limitMs;
  }

  /**
   * Waits while the app's p99 of the last second is above the limit. Where it stayed there for the whole of the longest pause, the
   * backfill is not what slows the app down: until it has recovered, pauses are as long as the batch before.
   * @param batchMs of the batch before
   */
  async pause(batchMs: number, { p99Ms, now, signal, onPause }: AppWatch): Promise<Pause> {
    const limitMs = this.#limitMs;
    const startedMs = now();
    const longestMs = this.#isInVain ? batchMs : LONGEST_PAUSE_MS;
    let reason: string | null = null;
    for (let p99 = p99Ms(); limitMs !== undefined && p99 !== null && p99 > limitMs; p99 = p99Ms()) {
      reason ??= `the app's p99 was over ${formatMs(limitMs)}${this.#isInVain ? ALSO_WITHOUT : ''}`;
      onPause(reason);
      if (now() - startedMs > longestMs) {
        this.#isInVain = true;
        return { pausedMs: now() - startedMs, reason };
      }
      await sleep(LOOK_EVERY_MS, signal);
    }
    this.#isInVain = false;
    return { pausedMs: reason === null ? 0 : now() - startedMs, reason };
  }
}
