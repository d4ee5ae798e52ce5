import { monotonicMs } from '../shared/clock.ts';

const LOOK_MS = 1_000;
/** Both ends of a load tell something every second. */
const SILENT_MS = 10_000;

/** How long it lasts until somebody who should be heard every second counts as dead, in seconds. */
export const SILENT_SEC = SILENT_MS / 1000;

/**
 * Tells when somebody who was heard is heard no more: suspended, or busy with one thing for ever, it cannot say so itself. What was not
 * heard while we stood still does not count.
 */
export class Silence {
  readonly #ticker: NodeJS.Timeout;
  #heardMs: number | undefined;

  /** @param onSilent may be told more than once */
  constructor(onSilent: () => void) {
    let lookedMs = monotonicMs();
    this.#ticker = setInterval(() => {
      const nowMs = monotonicMs();
      const wasAsleep = nowMs - lookedMs > 2 * LOOK_MS;
      lookedMs = nowMs;
      if (this.#heardMs === undefined) return;
      if (wasAsleep) this.#heardMs = nowMs;
      if (nowMs - this.#heardMs >= SILENT_MS) onSilent();
    }, LOOK_MS).unref();
  }

  /** From the first time on it has to be heard. */
  heard(): void {
    this.#heardMs = monotonicMs();
  }

  stop(): void {
    clearInterval(this.#ticker);
  }
}
