import type { BatchRecord } from './records/records.ts';

/** How fast a backfill was from its first batch to its last, without the pauses between them; for those who watch and for the report. */
export class BackfillPace {
  #firstMs: number | null = null;
  #lastMs = 0;
  #rows = 0;
  #pausedMs = 0;

  add({
    startMs,
    endMs,
    rows,
    pausedMs,
  }: Pick<BatchRecord, 'startMs' | 'endMs' | 'rows' | 'pausedMs'>): void {
    // Only a pause between two batches takes time from the work; one before the first does not.
    if (this.#firstMs !== null) this.#pausedMs += pausedMs;
    this.#firstMs ??= startMs;
    this.#lastMs = endMs;
    this.#rows += rows;
  }

  get rowsPerSecond(): number {
    const activeMs = this.#lastMs - (this.#firstMs ?? this.#lastMs) - this.#pausedMs;
    return activeMs > 0 ? (this.#rows / activeMs) * 1000 : 0;
  }
}
