import { asError } from '../../../scripts/shared/errors.ts';

/** Pieces under way at a time: of 32 kB 2 MB, enough for 160 Mbit/s at a round trip of 100 ms. */
const MOST = 64;

/** Writes whose answers are not waited for one by one. */
export class WritesInFlight {
  readonly #writes = new Set<Promise<void>>();
  #failure: Error | undefined;

  /** Takes one, and waits where too many are under way. @throws what an earlier one ended with */
  async add(write: Promise<void>): Promise<void> {
    const writing = write
      .catch((error: unknown) => {
        this.#failure ??= asError(error);
      })
      .finally(() => this.#writes.delete(writing));
    this.#writes.add(writing);
    if (this.#writes.size >= MOST) await Promise.race(this.#writes);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Ends when all are answered. @throws what the first that failed ended with */
  async whole(): Promise<void> {
    await Promise.all(this.#writes);
    if (this.#failure !== undefined) throw this.#failure;
  }
}
