import type { ColumnStatistics } from '../../plan/statistics/statistics.ts';
import { sampleStatistics } from './sample-statistics.ts';
import { valueFigures, type ValueFigures } from './value-figures.ts';

/** So many rows of a table: any row is one of them with the same chance. */
const ROWS = 10_000;

interface Cell {
  readonly before: ValueFigures | null;
  readonly after: ValueFigures | null;
}

interface Sampled {
  readonly row: number;
  readonly cells: readonly Cell[];
}

/** A sample of the masked columns of one table, as they were read and as they went on (reservoir sampling, algorithm R). */
export class MaskedSample {
  readonly #columns: readonly string[];
  readonly #kept: Sampled[] = [];
  #rows = 0;
  #chance = 1;
  readonly textBytes = { before: 0, after: 0 };

  /** @param columns those with a rule, in the order in which `see` gets them */
  constructor(columns: readonly string[]) {
    this.#columns = columns;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Counts a row. @returns the place in the sample that it takes; undefined where it has none */
  next(): number | undefined {
    const row = this.#rows;
    this.#rows += 1;
    if (row < ROWS) return row;
    // xorshift32: the same rows of the same table each time
    this.#chance ^= this.#chance << 13;
    this.#chance ^= this.#chance >>> 17;
    this.#chance ^= this.#chance << 5;
    const place = Math.floor(((this.#chance >>> 0) / 4_294_967_296) * (row + 1));
    return place < ROWS ? place : undefined;
  }

  /** @param fields of the row that `next` gave the place for; undefined = NULL */
  see(place: number, before: readonly (string | undefined)[], after: readonly (string | undefined)[]): void {
    const figures = (field: string | undefined): ValueFigures | null =>
      field === undefined ? null : valueFigures(field);
    const cells = before.map((field, at) => ({ before: figures(field), after: figures(after[at]) }));
    this.#kept[place] = { row: this.#rows, cells };
  }

  /** Statistics of both sides, column by column. */
  columns(): { before: ColumnStatistics; after: ColumnStatistics }[] {
    const inOrder = this.#kept.toSorted((a, b) => a.row - b.row);
    return this.#columns.map((name, at) => {
      const side = (which: keyof Cell): ColumnStatistics =>
        sampleStatistics(
          name,
          inOrder.map(({ cells }) => cells[at]?.[which] ?? null),
          this.#rows,
        );
      return { before: side('before'), after: side('after') };
    });
  }
}
