import type { KeyColumn } from './key-columns.ts';

/**
 * Where a row stands along a key: a value for each column, binary where the type has such an output, so that it is the same
 * under every DateStyle and extra_float_digits. Row values: they stay in memory.
 */
export type Position = readonly (Buffer | string)[];

/** A piece of SQL with its parameters, `$1` and on. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly (Buffer | string)[];
}

/** Where a span begins: behind a row, or with it. */
interface Start {
  readonly at: Position;
  readonly isIncluded: boolean;
}

type Bound = Pick<Start, 'isIncluded'> & { readonly side: 'from' | 'to' };

/**
 * What the batches of a backfill go along: the only place that knows how many columns it has. Rows with a NULL in one of them
 * have no place along it. A walk begins with the first column ascending, whichever way the index goes.
 */
export class BackfillKey {
  readonly #columns: readonly KeyColumn[];

  constructor(columns: readonly KeyColumn[]) {
    const isTurned = columns[0]?.isDescending === true;
    this.#columns = columns.map((column) => ({
      ...column,
      isDescending: column.isDescending !== isTurned,
      isNullsFirst: column.isNullsFirst !== isTurned,
    }));
  }

  /**
   * A query for positions, whose rows `positionOf` reads. Their names are outside of what orders the rows: ORDER BY would take
   * one of them before a column of the table that is called alike.
   * @param rest from FROM to LIMIT
   */
  positions(rest: string): string {
    const sent = this.#columns.map(({ send }, index) =>
      send === null
        ? `${quoted(index)}::pg_catalog.text as ${quoted(index)}`
        : `${send}(${quoted(index)}) as ${quoted(index)}`,
    );
    const names = this.#columns.map((_, index) => quoted(index)).join(', ');
    const values = this.#columns.map(({ sql }) => sql).join(', ');
    return `select ${sent.join(', ')} from (select ${values} ${rest}) at_end (${names})`;
  }

  /** Undefined of a row that is not there. */
  positionOf(row: Readonly<Record<string, unknown>> | undefined): Position | undefined {
    const values = this.#columns.map((_, index) => row?.[named(index)]);
    return values.every((value): value is Buffer | string => value !== null && value !== undefined)
      ? values
      : undefined;
  }

  get order(): string {
    return this.#orderBy(false);
  }

  get reversed(): string {
    return this.#orderBy(true);
  }

  get isKnown(): string {
    return this.#columns.map(({ sql }) => `${sql} is distinct from null`).join(' and ');
  }

  /**
   * Rows from `start` up to and with `end`. Columns in which both agree are compared by themselves, since the planner takes
   * no more than the first column of a row comparison for its estimate, and would read a table of two tenants as a whole.
   */
  between({ at, isIncluded }: Start, end: Position): Condition {
    const values: (Buffer | string)[] = [];
    const compared = (position: Position): Compared[] =>
      this.#columns.map((column, index) => {
        let written: string | undefined;
        const value = (): string => (written ??= `$${values.push(position[index] ?? '')}::${column.type}`);
        return { column, value };
      });
    const [from, to] = [compared(at), compared(end)];
    const differing = at.findIndex((value, index) => !isSame(value, end[index]));
    const first = differing === -1 ? at.length - 1 : differing;
    const parts = [
      ...to.slice(0, first).map(equal),
      beyond(from.slice(first), { side: 'from', isIncluded }),
      beyond(to.slice(first), { side: 'to', isIncluded: true }),
    ];
    if (first < at.length - 1)
      // The planner knows a range of one column for what it is.
      parts.push(
        beyond(from.slice(first, first + 1), { side: 'from', isIncluded: true }),
        beyond(to.slice(first, first + 1), { side: 'to', isIncluded: true }),
        this.isKnown,
      );
    return { sql: parts.join(' and '), values };
  }

  #orderBy(isReversed: boolean): string {
    return this.#columns
      .map(({ sql, operators: [less, , , , greater], isDescending, isNullsFirst }) => {
        const by = isDescending === isReversed ? less : greater;
        return `${sql} using ${by} nulls ${isNullsFirst === isReversed ? 'last' : 'first'}`;
      })
      .join(', ');
  }
}

interface Compared {
  readonly column: KeyColumn;
  /** Makes it a parameter. */
  readonly value: () => string;
}

function equal({ column, value }: Compared): string {
  return `${column.sql} ${column.operators[2]} ${value()}`;
}

/** On one side of a row. */
function beyond(compared: readonly Compared[], bound: Bound): string {
  const [first, ...others] = compared;
  if (first === undefined) return 'true';
  const operator = operatorOf(first, bound);
  if (others.length === 0) return `${first.column.sql} ${operator} ${first.value()}`;
  if (others.every((other) => operatorOf(other, bound) === operator))
    return `(${compared.map(({ column }) => column.sql).join(', ')}) ${operator} (${compared.map(({ value }) => value()).join(', ')})`;
  // No row comparison goes up in one column and down in another, or by operators of two schemas.
  const here = beyond([first], { ...bound, isIncluded: false });
  return `(${here} or (${equal(first)} and ${beyond(others, bound)}))`;
}

function operatorOf({ column: { operators, isDescending } }: Compared, { side, isIncluded }: Bound): string {
  const [less, atMost, , atLeast, greater] = operators;
  if ((side === 'from') === isDescending) return isIncluded ? atMost : less;
  return isIncluded ? atLeast : greater;
}

/** Rows that have a NULL in one of these columns, as the author wrote them. */
export function withoutKey(columns: readonly string[]): string {
  return `(${columns.map((column) => `${column} is not distinct from null`).join(' or ')})`;
}

function named(index: number): string {
  return `key ${index + 1}`;
}

function quoted(index: number): string {
  return `"${named(index)}"`;
}

/** Not whether they are equal to PostgreSQL, but whether they are the same to the last byte. */
export function isSamePosition(one: Position, other: Position): boolean {
  return one.every((value, index) => isSame(value, other[index]));
}

function isSame(one: Buffer | string | undefined, other: Buffer | string | undefined): boolean {
  return Buffer.isBuffer(one) && Buffer.isBuffer(other) ? one.equals(other) : one === other;
}
