/** With more of them a version would cost more than one that shares nothing, now and then. */
const MOST_CHANGES = 1000;

/**
 * A map that never changes: a version after it holds what is different and shares the rest, so that a version costs what it
 * changes and not what is there.
 */
export class VersionedMap<K, V extends string | number | object> implements Iterable<[K, V]> {
  readonly #base: ReadonlyMap<K, V>;
  /** Null = gone. */
  readonly #changes: ReadonlyMap<K, V | null>;

  constructor(base: ReadonlyMap<K, V> = new Map(), changes: ReadonlyMap<K, V | null> = new Map()) {
    this.#base = base;
    this.#changes = changes;
  }

  get(key: K): V | undefined {
    const changed = this.#changes.get(key);
    return changed === undefined ? this.#base.get(key) : (changed ?? undefined);
  }

  has(key: K): boolean {
    return this.get(key) !== undefined;
  }

  get size(): number {
    let size = this.#base.size;
    for (const [key, value] of this.#changes) {
      if (value === null) size -= Number(this.#base.has(key));
      else size += Number(!this.#base.has(key));
    }
    return size;
  }

  /** The version in which those are as given; null = gone. */
  with(changes: ReadonlyMap<K, V | null>): VersionedMap<K, V> {
    if (changes.size === 0) return this;
    const all = new Map([...this.#changes, ...changes]);
    if (all.size <= MOST_CHANGES) return new VersionedMap(this.#base, all);
    return new VersionedMap(new Map(new VersionedMap(this.#base, all)));
  }

  /** Keys under which another version may hold something else: all that either has where they share nothing. */
  keysUnlike(other: VersionedMap<K, V>): Set<K> {
    if (other === this) return new Set();
    const keys = new Set([...this.#changes.keys(), ...other.#changes.keys()]);
    if (other.#base !== this.#base)
      for (const base of [this.#base, other.#base]) for (const key of base.keys()) keys.add(key);
    return keys;
  }

  *[Symbol.iterator](): Iterator<[K, V]> {
    for (const [key, value] of this.#base) if (!this.#changes.has(key)) yield [key, value];
    for (const [key, value] of this.#changes) if (value !== null) yield [key, value];
  }
}
