import { hash } from './hash.ts';

interface Run {
  /** Cells from `cell` on, each with `size` places, from the place `start` on. */
  readonly cell: number;
  readonly cells: number;
  readonly start: number;
  readonly places: number;
}

/**
 * Rows dealt out to values: of `cells` values some are common, with as many rows as their frequencies say, and the others share
 * what is left evenly. Each has at least one row, so there are as many distinct values as were asked for, where there are rows enough.
 */
export class Strata {
  readonly rows: number;
  readonly cells: number;
  readonly #runs: readonly Run[];

  /**
   * @param frequencies of the common values, shares of the rows, descending
   * @param most rows that a value may have; Infinity = any
   */
  constructor(
    rows: number,
    cells: number,
    {
      frequencies,
      seed,
      most = Infinity,
      first = false,
    }: { frequencies: readonly number[]; seed: number; most?: number; first?: boolean },
  ) {
    this.rows = rows;
    this.cells = Math.max(1, Math.min(cells, Math.max(1, rows)));
    this.#runs = runsOf(
      rows,
      this.cells,
      commonCells({ rows, cells: this.cells, frequencies, seed, most, first }),
    );
  }

  /** Which value has this place, of `rows`. */
  cell(place: number): number {
    const run = this.#runAt(place);
    return run.cell + Math.floor(((place - run.start) * run.cells) / run.places);
  }

  /** How many places of the same value come before. */
  rank(place: number): number {
    const run = this.#runAt(place);
    const inside = Math.floor(((place - run.start) * run.cells) / run.places);
    return place - run.start - Math.ceil((inside * run.places) / run.cells);
  }

  /** Of the commonest value. */
  get mostRows(): number {
    return Math.max(...this.#runs.map(({ places, cells }) => Math.ceil(places / cells)));
  }

  #runAt(place: number): Run {
    const runs = this.#runs;
    let low = 0;
    let high = runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((runs[middle]?.start ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    return runs[low] ?? { cell: 0, cells: 1, start: 0, places: 1 };
  }
}

interface Wanted {
  readonly rows: number;
  readonly cells: number;
  readonly frequencies: readonly number[];
  readonly seed: number;
  readonly most: number;
  /** The common values are the first ones, the commonest before the others; else they lie anywhere. */
  readonly first: boolean;
}

/** How many rows the common values have, by their cells. */
function commonCells({ rows, cells, frequencies, seed, most, first }: Wanted): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  let left = rows;
  for (const [at, share] of frequencies.entries()) {
    const others = cells - counts.size - 1;
    // Those that follow need one row each.
    const count = Math.min(Math.round(share * rows), most, left - others);
    // What is no more common than the others is one of them.
    if (others < 0 || count < 1 || (others > 0 && count * (others + 1) < left)) break;
    counts.set(first ? at : freeCell(counts, hash(seed, at) % cells, cells), count);
    left -= count;
  }
  return counts;
}

function freeCell(taken: ReadonlyMap<number, number>, from: number, cells: number): number {
  let cell = from;
  while (taken.has(cell)) cell = (cell + 1) % cells;
  return cell;
}

function runsOf(rows: number, cells: number, common: ReadonlyMap<number, number>): Run[] {
  const inCommon = [...common.values()].reduce((sum, count) => sum + count, 0);
  const others = cells - common.size;
  const left = rows - inCommon;
  const runs: Run[] = [];
  let cell = 0;
  let start = 0;
  let dealt = 0; // to cells that are not common
  const plain = (until: number): void => {
    if (until === cell) return;
    const before = Math.round((dealt * left) / Math.max(1, others));
    dealt += until - cell;
    const places = Math.round((dealt * left) / Math.max(1, others)) - before;
    runs.push({ cell, cells: until - cell, start, places });
    start += places;
    cell = until;
  };
  for (const [at, count] of [...common].sort(([a], [b]) => a - b)) {
    plain(at);
    runs.push({ cell: at, cells: 1, start, places: count });
    start += count;
    cell = at + 1;
  }
  plain(cells);
  // Where all are common, what rounding left goes to the last of them.
  const last = runs.at(-1);
  if (last !== undefined && start < rows)
    runs[runs.length - 1] = { ...last, places: last.places + rows - start };
  return runs.filter(({ places }) => places > 0);
}
