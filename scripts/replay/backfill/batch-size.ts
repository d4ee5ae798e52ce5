/** Smallest and largest batch: below, round trips dominate; above, one batch's row locks and WAL burst do. */
const FEWEST_ROWS = 50;
const MOST_ROWS = 200_000;
const FIRST_ROWS = 500;

/**
 * Holds the time of a batch at its target: each batch corrects the size by how far the last one was off, at most by two
 * either way. Row locks are kept for a whole batch, so its time is the app's tail; see docs/measurement.md.
 */
export class BatchSize {
  readonly #targetMs: number;
  #rows = FIRST_ROWS;

  constructor(targetMs: number) {
    this.#targetMs = targetMs;
  }

  get rows(): number {
    return this.#rows;
  }

  /** @param elapsedMs how long a batch of `covered` rows took */
  learn(elapsedMs: number, covered: number): void {
    // A last batch that was cut short says little about a full one.
    if (covered < this.#rows / 2) return;
    const factor = Math.min(2, Math.max(0.5, this.#targetMs / Math.max(elapsedMs, 0.01)));
    this.#rows = Math.round(Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, covered * factor)));
  }
}
