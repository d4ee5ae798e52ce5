import type { LeftOut, LongList } from '../contract/left-out.ts';

interface Share<O, T> {
  /** What all lists of this name may take together, as JSON. */
  readonly mostBytes: number;
  readonly of: (owner: O) => readonly T[] | undefined;
  readonly with: (owner: O, kept: T[]) => O;
  /** More tells more; without it the first tells most. */
  readonly weight?: (entry: T) => number;
}

/** Cuts lists to what they may take, and counts what it leaves out. */
export class LongLists {
  readonly leftOut: LeftOut[] = [];
  readonly #scale: number;

  /** @param scale part of each share that may be taken: 1 = all of it */
  constructor(scale: number) {
    this.#scale = scale;
  }

  /** The same owners, of whose lists only the entries stay that tell most; the order in each list stays. */
  cut<O, T>(list: LongList, owners: readonly O[], share: Share<O, T>): O[] {
    const all = owners.flatMap((owner, at) => (share.of(owner) ?? []).map((entry) => ({ at, entry })));
    const { weight } = share;
    const ordered = weight ? all.toSorted((a, b) => weight(b.entry) - weight(a.entry)) : all;
    const kept = new Set<(typeof all)[number]>();
    let bytes = share.mostBytes * this.#scale;
    for (const one of ordered) {
      bytes -= Buffer.byteLength(JSON.stringify(one.entry)) + 1;
      // The first of all stays, however long it is.
      if (bytes < 0 && kept.size > 0) break;
      kept.add(one);
    }
    if (kept.size === all.length) return [...owners];
    this.leftOut.push({ list, kept: kept.size, total: all.length });
    const lists = new Map<number, T[]>();
    for (const one of all) {
      const own = lists.get(one.at) ?? [];
      if (kept.has(one)) own.push(one.entry);
      lists.set(one.at, own);
    }
    return owners.map((owner, at) => {
      const own = lists.get(at);
      return own === undefined ? owner : share.with(owner, own);
    });
  }
}
