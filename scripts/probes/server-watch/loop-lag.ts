import { monotonicMs } from '../../shared/clock.ts';

const TICK_MS = 100;
/** Shorter ones are the scheduler's and the garbage collector's daily business. */
const STOOD_STILL_MS = 1_000;

/** How long this process's own event loop stood still: what nobody heard meanwhile was not the server's silence. */
export class LoopLag {
  readonly #timer: NodeJS.Timeout;
  #lastMs = monotonicMs();
  #totalMs = 0;

  /** @param onStill from and to, on `monotonicMs` */
  constructor(onStill: (fromMs: number, toMs: number) => void) {
    this.#timer = setInterval(() => {
      const nowMs = monotonicMs();
      const lateMs = nowMs - this.#lastMs - TICK_MS;
      if (lateMs > STOOD_STILL_MS) {
        this.#totalMs += lateMs;
        onStill(this.#lastMs, nowMs);
      }
      this.#lastMs = nowMs;
    }, TICK_MS);
    this.#timer.unref();
  }

  /** All of it since the start, up to now. */
  totalMs(): number {
    const lateMs = monotonicMs() - this.#lastMs - TICK_MS;
    return this.#totalMs + (lateMs > STOOD_STILL_MS ? lateMs : 0);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
