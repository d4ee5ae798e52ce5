/** A look at everything takes no more than this share of the time: where there is much to see, it is rarer. */
const SHARE = 0.02;

/** When to look at everything again, by how long it took the last time. */
export class LookingShare {
  #atMs = -Infinity;
  #tookMs = 0;

  isDue(nowMs: number): boolean {
    return nowMs - this.#atMs > this.#tookMs / SHARE;
  }

  took(startMs: number, endMs: number): void {
    this.#atMs = endMs;
    this.#tookMs = endMs - startMs;
  }
}
