import type { CaptureLock } from './lock-capture.ts';

/** What a transaction is known to hold and to have done with it, by the answers to CAPTURE so far. */
export class KnownLocks {
  /** In the order in which they were met. */
  readonly #oids: number[] = [];
  readonly #modes: string[] = [];
  readonly #states = new Map<number, { readonly filenode: number; readonly done: number }>();

  /** To return to. */
  get length(): number {
    return this.#oids.length;
  }

  add(locks: readonly CaptureLock[]): void {
    for (const [oid, mode, , , filenode, , , done = 0] of locks) {
      this.#states.set(oid, { filenode: filenode ?? 0, done });
      if (mode === null) continue;
      this.#oids.push(oid);
      this.#modes.push(mode);
    }
  }

  /** What was locked since then is free again. */
  cut(length: number): void {
    if (length >= this.#oids.length) return;
    const freed = this.#oids.splice(length);
    this.#modes.splice(length);
    const held = new Set(this.#oids);
    for (const oid of freed) if (!held.has(oid)) this.#states.delete(oid);
  }

  /** The parameters of CAPTURE, as PostgreSQL writes arrays. */
  get values(): string[] {
    const states = [...this.#states.values()];
    return [
      this.#oids,
      this.#modes,
      [...this.#states.keys()],
      states.map(({ filenode }) => filenode),
      states.map(({ done }) => done),
    ].map((list) => `{${list.join(',')}}`);
  }
}
