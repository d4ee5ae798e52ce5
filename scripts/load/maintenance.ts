import type { LoadEvent } from '../artifacts/records/records.ts';

/** While the app is off: since when, and how many requests were turned away. */
export class Maintenance {
  #fromMs: number | undefined;
  #turnedAway = 0;

  get isOn(): boolean {
    return this.#fromMs !== undefined;
  }

  begin(nowMs: number): void {
    this.#fromMs = nowMs;
    this.#turnedAway = 0;
  }

  turnAway(): void {
    this.#turnedAway += 1;
  }

  /** The window that ends now; undefined where there was none. */
  end(nowMs: number): LoadEvent | undefined {
    const fromMs = this.#fromMs;
    this.#fromMs = undefined;
    if (fromMs === undefined) return undefined;
    return { type: 'maintenance', fromMs, tMs: nowMs, turnedAway: this.#turnedAway };
  }
}
