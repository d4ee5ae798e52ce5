import { chance, hash } from '../draw/hash.ts';
import { shuffled, type Shuffle } from '../draw/shuffle.ts';
import { Strata } from '../draw/strata.ts';

interface PickOptions {
  readonly rows: number;
  /** Different things that there are to pick from. */
  readonly cells: number;
  readonly frequencies: readonly number[];
  readonly correlation: number;
  readonly nullFraction: number;
  readonly seed: number;
  /** Rows that one of them may have. */
  readonly most?: number;
  /** The commonest ones are the first. */
  readonly first?: boolean;
}

/** Which of some things each row has: always the same for the same row. */
export class Pick {
  readonly strata: Strata;
  readonly #options: PickOptions;
  readonly #shuffle: Shuffle;
  /** Of the row that was asked for last: its columns and those that point to it ask one after the other. */
  #lastRow = -1;
  #lastPlace = 0;

  /** @param like whose order of rows it shares, so that what is early there is early here */
  constructor(options: PickOptions, like?: Pick) {
    const { rows, cells, frequencies, nullFraction, seed, most, first } = options;
    const filled = Math.max(1e-9, 1 - nullFraction);
    this.#options = options;
    this.strata = new Strata(rows, cells, {
      // Rows without a value are drawn from all alike.
      frequencies: frequencies.map((share) => Math.min(1, share / filled)),
      seed,
      ...(most === undefined ? {} : { most }),
      ...(first === undefined ? {} : { first }),
    });
    this.#shuffle = like?.rows === rows ? like.#shuffle : shuffled(rows, seed, options.correlation);
  }

  get rows(): number {
    return this.#options.rows;
  }

  /** @param salt another one for each number above 0 */
  isNull(row: number, salt: number): boolean {
    const { nullFraction, seed } = this.#options;
    return nullFraction > 0 && chance(seed + 101 + salt, row) < nullFraction;
  }

  cell(row: number, salt: number): number {
    return this.strata.cell(this.#place(row, salt));
  }

  /** How many rows that have the same come before it, in an order of their own. */
  rank(row: number): number {
    return this.strata.rank(this.#place(row, 0));
  }

  /** Of the row among all, in an order of their own. */
  place(row: number): number {
    if (row !== this.#lastRow) {
      this.#lastPlace = this.#shuffle(row);
      this.#lastRow = row;
    }
    return this.#lastPlace;
  }

  #place(row: number, salt: number): number {
    return salt === 0 ? this.place(row) : hash(this.#options.seed + salt, row) % this.#options.rows;
  }
}
