import type { Interval } from './intervals.ts';

/** Finds what shares time with a stretch without looking at all: sorted once by the beginning, asked any number of times. */
export class OverlapIndex<T extends Interval> {
  readonly #items: readonly T[];
  /** The latest end of an item and all before it. */
  readonly #endsMs: readonly number[];

  constructor(items: readonly T[]) {
    this.#items = items.toSorted((a, b) => a.fromMs - b.fromMs);
    let latest = -Infinity;
    this.#endsMs = this.#items.map(({ toMs }) => (latest = Math.max(latest, toMs)));
  }

  /** Items that share a moment with `stretch`, also those that only touch it, in the order of their beginning. */
  touching({ fromMs, toMs }: Interval): T[] {
    const items = this.#items;
    const first = firstFrom(this.#endsMs, fromMs, (endMs) => endMs);
    const end = firstAbove(items, toMs, (item) => item.fromMs);
    const found: T[] = [];
    for (let index = first; index < end; index++) {
      const item = items[index];
      if (item !== undefined && item.toMs >= fromMs) found.push(item);
    }
    return found;
  }

  /** Whether any would be `touching`. */
  has({ fromMs, toMs }: Interval): boolean {
    const first = firstFrom(this.#endsMs, fromMs, (endMs) => endMs);
    const item = this.#items[first];
    return item !== undefined && item.fromMs <= toMs;
  }
}

/** Index of the first of ascending `items` that is above `limit`. */
export function firstAbove<T>(items: ArrayLike<T>, limit: number, of: (item: T) => number): number {
  return partition(items, (item) => of(item) <= limit);
}

/** Index of the first of ascending `items` that is not below `limit`. */
export function firstFrom<T>(items: ArrayLike<T>, limit: number, of: (item: T) => number): number {
  return partition(items, (item) => of(item) < limit);
}

/** How many of `items` are `before`, where all that are come first. */
function partition<T>(items: ArrayLike<T>, before: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (before(items[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}
