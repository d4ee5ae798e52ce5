import type { Value } from '../expr/value.ts';
import type { Columns } from '../expr/expression.ts';
import type { Predicate } from '../expr/predicates.ts';
import { classOf, type ValueClass } from '../expr/value.ts';
import type { ColumnSchema, TableSchema } from '../schema/table-schema.ts';
import type { Widths } from '../values/maker.ts';
import type { Part } from './part.ts';
import type { TableFigures } from './table-figures.ts';

export interface PlannedColumn {
  readonly schema: ColumnSchema;
  /** In a row. */
  readonly at: number;
  /** Where its values come from; undefined = PostgreSQL fills it. */
  part: Part | undefined;
  /** Of a key, or referenced by one: another value may not stand in its place. */
  isKey: boolean;
}

/** A partition's share of the rows: they follow each other. */
export interface LeafRows {
  readonly start: number;
  readonly rows: number;
  readonly figures: TableFigures;
  readonly predicates: readonly Predicate[];
  /** It takes what no other takes. */
  readonly isDefault: boolean;
}

/** What the rows of one table are made by. */
export class TablePlan {
  readonly schema: TableSchema;
  readonly figures: TableFigures;
  readonly columns: readonly PlannedColumn[];
  readonly predicates: readonly Predicate[];
  readonly leaves: readonly LeafRows[];
  readonly widths: ReadonlyMap<string, Widths>;
  readonly #byName: ReadonlyMap<string, PlannedColumn>;
  rows: number;
  /** Makes a row as a whole, where parts of it depend on each other. */
  finish: ((row: number) => readonly Value[]) | undefined;
  /** Columns that `finish` may change. */
  readonly changed = new Set<string>();
  #last: { readonly row: number; readonly values: readonly Value[] } | undefined;

  constructor(given: {
    readonly schema: TableSchema;
    readonly figures: TableFigures;
    readonly rows: number;
    readonly predicates: readonly Predicate[];
    readonly leaves: readonly LeafRows[];
    readonly widths: ReadonlyMap<string, Widths>;
  }) {
    this.schema = given.schema;
    this.figures = given.figures;
    this.rows = given.rows;
    this.predicates = given.predicates;
    this.leaves = given.leaves;
    this.widths = given.widths;
    this.columns = given.schema.columns.map((schema, at) => ({ schema, at, part: undefined, isKey: false }));
    this.#byName = new Map(this.columns.map((column) => [column.schema.name, column]));
  }

  get shown(): string {
    return `${this.schema.schema}.${this.schema.name}`;
  }

  column(name: string): PlannedColumn | undefined {
    return this.#byName.get(name);
  }

  /** Those that rows are copied with. */
  get copied(): readonly PlannedColumn[] {
    return this.columns.filter(({ part }) => part !== undefined);
  }

  /** The value that a column has in a row. */
  value(name: string, row: number): Value {
    if (this.finish !== undefined && this.changed.has(name))
      return this.values(row)[this.column(name)?.at ?? 0] ?? null;
    return this.column(name)?.part?.value(name, row, 0) ?? null;
  }

  /** Of all columns; behind them the number of the row. */
  values(row: number): readonly Value[] {
    if (this.#last?.row === row) return this.#last.values;
    const values = this.finish?.(row) ?? this.drawn(row);
    this.#last = { row, values };
    return values;
  }

  /** Each column by itself. */
  drawn(row: number): Value[] {
    const values: Value[] = this.columns.map(({ schema, part }) => part?.value(schema.name, row, 0) ?? null);
    values.push(row);
    return values;
  }

  leafOf(row: number): number {
    return this.leaves.findIndex(({ start, rows }) => row < start + rows);
  }
}

/** How expressions see a table. */
export function columnsOf({ columns }: TableSchema): Columns {
  return new Map(columns.map(({ name, type }, at) => [name, { at, of: classIn(type) }]));
}

function classIn(type: ColumnSchema['type']): ValueClass {
  if (type.kind === 'array') return 'array';
  return type.kind === 'base' ? classOf(type.name) : 'other';
}
