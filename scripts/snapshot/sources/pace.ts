import { monotonicMs } from '../../shared/clock.ts';

/** How fast something goes, over the last seconds. */
export class Pace {
  readonly #samples: { readonly atMs: number; readonly bytes: number }[] = [];

  /** @returns bytes per second; null while there is nothing to compare */
  at(bytes: number, windowMs = 10_000): number | null {
    const atMs = monotonicMs();
    this.#samples.push({ atMs, bytes });
    while (this.#samples.length > 2 && atMs - (this.#samples[0]?.atMs ?? atMs) > windowMs)
      this.#samples.shift();
    const [oldest] = this.#samples;
    if (oldest === undefined || atMs - oldest.atMs < 1000) return null;
    return ((bytes - oldest.bytes) / (atMs - oldest.atMs)) * 1000;
  }
}
