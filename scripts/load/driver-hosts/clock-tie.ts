/** By how much two clocks may part: the kernel slews its monotonic clock by 500 ppm at most (adjtimex(2)). */
const DRIFT_MS_PER_MS = 5e-4;

/** A question for the time on another clock; the first two are moments of our own. */
interface ClockAnswer {
  readonly askedMs: number;
  readonly answeredMs: number;
  readonly theirsMs: number;
}

/** What another host's monotonic clock says when ours says something, by the answer that can be wrong by the least. */
export class ClockTie {
  #aheadMs = 0;
  #errorMs = Infinity;
  #takenMs = 0;

  /** How far their clock is ahead of ours. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  /** By how much that is wrong at most. */
  errorMs(nowMs: number): number {
    return this.#errorMs + DRIFT_MS_PER_MS * (nowMs - this.#takenMs);
  }

  /** Half the way there and back is the most that an answer can be wrong by; the older the known one is, the sooner it is replaced. */
  add({ askedMs, answeredMs, theirsMs }: ClockAnswer): void {
    const errorMs = (answeredMs - askedMs) / 2;
    if (errorMs > this.errorMs(answeredMs)) return;
    this.#aheadMs = theirsMs - (askedMs + answeredMs) / 2;
    this.#errorMs = errorMs;
    this.#takenMs = answeredMs;
  }
}
