import type { ColumnStatistics } from '../../../plan/statistics/statistics.ts';
import { hash, seedOf } from '../draw/hash.ts';
import { both, type Domain } from '../expr/domain.ts';
import { classOf, type Value } from '../expr/value.ts';
import type { Predicate } from '../expr/predicates.ts';
import { makeValues } from '../values/make-values.ts';
import type { Maker } from '../values/maker.ts';
import { numberOf, type Part } from './part.ts';
import { Pick } from './pick.ts';
import type { TableFigures } from './table-figures.ts';
import type { PlannedColumn, TablePlan } from './table-plan.ts';

interface PlainOptions {
  readonly seed: string;
  readonly scale: number;
  readonly nowUs: number;
  /** Texts that the schema names for the column. */
  readonly labels: readonly string[];
  /** Whose order of rows it shares. */
  readonly like: () => Part | undefined;
}

/** Half of the most that correlation may be: from there on values follow the rows. */
const ORDERED_FROM = 0.5;

/** A column of its own; undefined of a type that nothing is known to make values of. */
export function plainPart(table: TablePlan, column: PlannedColumn, options: PlainOptions): Part | undefined {
  const { name } = column.schema;
  const leaves = table.leaves.map(({ start, rows, figures, predicates, isDefault }) => ({
    start,
    section: new Section(table, column, options, {
      rows,
      figures: predicates.some((one) => one.columns.includes(name)) ? figures : table.figures,
      domain: isDefault ? beyond(table, name) : domainIn(predicates, name),
      leaf: start,
    }),
  }));
  const isSplit = table.leaves.some(({ predicates }) => predicates.some((one) => one.columns.includes(name)));
  const whole = new Section(table, column, options, {
    rows: -1,
    figures: table.figures,
    domain: {},
    leaf: 0,
  });
  if (whole.type === undefined) return undefined;
  const part: Part = {
    kind: 'plain',
    columns: [name],
    cells: whole.cells,
    room: () => whole.roomFor(part),
    isExact: false,
    most: Infinity,
    by: undefined,
    digit: undefined,
    isDriver: false,
    pick: () => whole.pick(part),
    value: (_, row, salt, filled) => {
      if (!isSplit) return whole.value(part, { row, inside: row, salt, filled: filled === true });
      const at = table.leafOf(row);
      const leaf = leaves[at];
      return leaf === undefined
        ? null
        : leaf.section.value(part, { row, inside: row - leaf.start, salt, filled: filled === true });
    },
  };
  return part;
}

function domainIn(predicates: readonly Predicate[], column: string): Domain {
  return predicates
    .flatMap(({ columns, domain }) => (columns.includes(column) ? (domain ?? []) : []))
    .reduce(both, {});
}

/** Of a default partition: behind what all others take. */
function beyond({ leaves }: TablePlan, column: string): Domain {
  const most = leaves.flatMap(({ predicates }) => domainIn(predicates, column).max ?? []);
  return most.length === 0 ? {} : { min: Math.max(...most) + 1 };
}

interface Asked {
  readonly row: number;
  readonly inside: number;
  readonly salt: number;
  readonly filled: boolean;
}

interface Of {
  /** -1 = as many as the table has. */
  readonly rows: number;
  readonly figures: TableFigures;
  readonly domain: Domain;
  readonly leaf: number;
}

/** The values of one column in all of a table, or in one partition. */
class Section {
  readonly #table: TablePlan;
  readonly #column: PlannedColumn;
  readonly #options: PlainOptions;
  readonly #of: Of;
  readonly #seed: number;
  readonly #known: ColumnStatistics | undefined;
  readonly #domain: Domain;
  /** Its values are listed, by the schema. */
  readonly #isFinite: boolean;
  #pick: Pick | undefined;
  #maker: Maker | undefined;

  constructor(table: TablePlan, column: PlannedColumn, options: PlainOptions, of: Of) {
    this.#table = table;
    this.#column = column;
    this.#options = options;
    this.#of = of;
    const { name, type } = column.schema;
    this.#seed = seedOf(options.seed, table.schema.key, name, of.leaf);
    this.#known = of.figures.columns.get(name);
    this.#domain = both(domainIn(table.predicates, name), of.domain);
    this.#isFinite = this.#domain.values !== undefined || type.kind === 'enum' || type.name === 'bool';
  }

  /** Undefined where no values can be made. */
  get type(): Maker | undefined {
    return this.#make(1, false);
  }

  get #rows(): number {
    return this.#of.rows < 0 ? this.#table.rows : this.#of.rows;
  }

  /** Different values by the statistics. */
  get cells(): number {
    const { distinct = 0 } = this.#known ?? {};
    const rows = this.#rows;
    const wanted = distinct < 0 ? Math.round(-distinct * rows) : distinct > 0 ? distinct : rows;
    const finite = this.#isFinite ? (this.#make(1, false)?.room ?? 1) : Infinity;
    return Math.max(1, Math.min(wanted, rows, finite));
  }

  roomFor(part: Part): number {
    return this.#make(Math.max(this.#rows, part.cells), true)?.room ?? 1;
  }

  pick(part: Part): Pick {
    this.#pick ??= new Pick(
      {
        rows: Math.max(1, this.#rows),
        cells: part.isExact ? this.#rows : part.cells,
        frequencies: part.isExact ? [] : (this.#known?.commonFrequencies ?? []),
        correlation: this.#known?.correlation ?? (this.#column.schema.sequence === null ? 0 : 1),
        nullFraction: this.#nullFraction,
        seed: this.#seed,
        most: part.most,
        first: this.#isFinite || this.#options.labels.length > 0,
      },
      this.#of.rows < 0 ? this.#options.like()?.pick() : undefined,
    );
    return this.#pick;
  }

  get #nullFraction(): number {
    return this.#column.schema.isNotNull ? 0 : (this.#known?.nullFraction ?? 0);
  }

  /** @param inside the row's number within this part of the table */
  value(part: Part, { row, inside, salt, filled }: Asked): Value {
    const pick = this.pick(part);
    if (!filled && pick.isNull(inside, salt)) return null;
    const maker = (this.#maker ??= this.#makerOf(part));
    if (part.by === undefined && part.digit === undefined) return maker.at(pick.cell(inside, salt));
    const start = this.#isFinite
      ? (cell: number): number => hash(this.#seed, cell) % maker.room
      : (): number => 0;
    return maker.at(numberOf(part, row, salt, { room: Math.max(1, maker.room), start }));
  }

  #makerOf(part: Part): Maker {
    const cells = part.by === undefined ? part.cells : Math.max(part.cells, part.by.pick().strata.mostRows);
    const count = part.isExact ? this.#rows : Math.min(cells, Math.max(1, this.#rows));
    const maker = this.#make(count, part.isExact || part.by !== undefined || part.digit !== undefined);
    if (maker === undefined) throw new Error('a column without a maker has no part');
    return maker;
  }

  #make(distinct: number, isExact: boolean): Maker | undefined {
    const { schema } = this.#column;
    const { type, sequence } = schema;
    const known = this.#known;
    const domain = this.#domain;
    const isCounted = classOf(type.name) === 'int' && sequence !== null;
    return makeValues({
      type,
      domain: isCounted ? both({ min: Math.max(sequence.start, -Number.MAX_SAFE_INTEGER) }, domain) : domain,
      distinct,
      full: isExact ? Math.max(distinct, this.#of.figures.rows ?? 0) : distinct,
      isExact,
      isOrdered: Math.abs(known?.correlation ?? 0) >= ORDERED_FROM,
      histogram: known?.histogram ?? null,
      widths: this.#table.widths.get(schema.name) ?? { shortBytes: 16, longBytes: 0, longShare: 0 },
      seed: this.#seed,
      labels: this.#options.labels,
      nowUs: this.#options.nowUs,
    });
  }
}
