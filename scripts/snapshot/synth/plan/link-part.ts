import { hash, seedOf } from '../draw/hash.ts';
import type { ColumnStatistics } from '../../../plan/statistics/statistics.ts';
import type { Value } from '../expr/value.ts';
import type { ForeignKeySchema } from '../schema/table-schema.ts';
import { numberOf, type Part } from './part.ts';
import { Pick } from './pick.ts';
import type { TablePlan } from './table-plan.ts';

interface LinkOptions {
  readonly seed: string;
  readonly parent: TablePlan;
  /** Those that this part sets. */
  readonly own: readonly string[];
  /** Those that another part has set already: the rows meant are those with these values. */
  readonly fixed: readonly string[];
  /** Another link that goes by what this one sets: rows of the parent for which it has none are not meant. */
  readonly viable: () => ((parentRow: number) => boolean) | undefined;
}

const GOLDEN = 0.618_033_988_7;
const FROM_FIRST = (): number => 0;

/** Columns that point to a row of another table, or of their own. */
export class LinkPart implements Part {
  readonly kind = 'link';
  readonly columns: readonly string[];
  readonly foreignKey: ForeignKeySchema;
  cells: number;
  isExact = false;
  most = Infinity;
  by: Part | undefined;
  digit: Part['digit'];
  isDriver = false;
  readonly #table: TablePlan;
  readonly #options: LinkOptions;
  readonly #seed: number;
  readonly #nullable: ReadonlySet<string>;
  #pick: Pick | undefined;
  #candidates: Int32Array | undefined | null = null;
  #groups: ReadonlyMap<string, readonly number[]> | undefined;

  constructor(table: TablePlan, foreignKey: ForeignKeySchema, options: LinkOptions) {
    this.#table = table;
    this.#options = options;
    this.foreignKey = foreignKey;
    this.columns = options.own;
    this.#seed = seedOf(options.seed, table.schema.key, foreignKey.name);
    this.#nullable = new Set(options.own.filter((name) => table.column(name)?.schema.isNotNull === false));
    this.cells = Math.max(1, Math.min(this.#leading().distinct, options.parent.rows));
  }

  get parent(): TablePlan {
    return this.#options.parent;
  }

  get fixed(): readonly string[] {
    return this.#options.fixed;
  }

  get isSelf(): boolean {
    return this.parent === this.#table;
  }

  /** Statistics of the column that tells the rows of the parent apart best, and how many different values it has here. */
  #leading(): { readonly distinct: number; readonly known: ColumnStatistics | undefined } {
    const { rows, figures } = this.#table;
    const each = this.columns.map((name) => {
      const known = figures.columns.get(name);
      const { distinct = 0 } = known ?? {};
      return {
        known,
        distinct: Math.round(distinct < 0 ? -distinct * rows : distinct > 0 ? distinct : rows),
      };
    });
    return each.toSorted((a, b) => b.distinct - a.distinct)[0] ?? { distinct: 1, known: undefined };
  }

  readonly room = (): number => Math.max(1, this.#candidatesCount());

  readonly pick = (): Pick => (this.#pick ??= this.#newPick());

  #newPick(): Pick {
    const { known } = this.#leading();
    return new Pick({
      rows: Math.max(1, this.#table.rows),
      cells: this.isExact ? this.#table.rows : Math.min(this.cells, this.room()),
      frequencies: this.isExact ? [] : (known?.commonFrequencies ?? []),
      correlation: known?.correlation ?? 0,
      nullFraction: this.#nullFraction,
      seed: this.#seed,
      most: this.most,
    });
  }

  get #nullFraction(): number {
    const shares = [...this.#nullable].map(
      (name) => this.#table.figures.columns.get(name)?.nullFraction ?? 0,
    );
    return this.parent.rows === 0 && this.#nullable.size > 0 ? 1 : Math.max(0, ...shares);
  }

  readonly value = (column: string, row: number, salt: number, filled = false): Value => {
    const isNull =
      this.#nullable.has(column) && (this.parent.rows === 0 || (!filled && this.pick().isNull(row, salt)));
    if (isNull) return null;
    const to = this.parentRow(row, salt);
    const at = this.foreignKey.columns.indexOf(column);
    return to === undefined ? null : this.parent.value(this.foreignKey.referenced[at] ?? '', to);
  };

  /** Undefined where there is none that fits. */
  parentRow(row: number, salt: number): number | undefined {
    if (this.fixed.length > 0) return this.#inGroup(row, salt);
    const count = this.#candidatesCount();
    if (count === 0) return undefined;
    if (this.isSelf && !this.isExact && this.by === undefined) return this.#earlier(row, salt, count);
    const number = this.#number(row, salt, count);
    const spread = this.by === undefined && this.digit === undefined;
    return this.#candidate(spread ? Math.floor((number * count) / this.pick().strata.cells) : number);
  }

  #number(row: number, salt: number, count: number): number {
    if (this.by === undefined) return numberOf(this, row, salt, { room: count, start: FROM_FIRST });
    const driver = this.by.pick();
    // A step that shares no factor with their number meets each of them once.
    return (hash(this.#seed, driver.cell(row, 0)) + driver.rank(row) * coprime(count)) % count;
  }

  /** A row points to one before it, so that there are roots and no circles. */
  #earlier(row: number, salt: number, count: number): number | undefined {
    if (row === 0) return this.#nullable.size > 0 ? undefined : 0;
    const pick = this.pick();
    const place = Math.floor((pick.cell(row, salt) * count) / pick.strata.cells);
    return Math.floor((place * row) / count);
  }

  #inGroup(row: number, salt: number): number | undefined {
    const group = this.groups().get(keyOf(this.fixed.map((name) => this.#table.value(name, row))));
    const before = this.isSelf ? lower(group ?? [], row) : (group?.length ?? 0);
    if (group === undefined || before === 0)
      return this.isSelf && this.#nullable.size === 0 ? row : undefined;
    const pick = this.pick();
    const share = Math.floor((pick.cell(row, salt) * before) / pick.strata.cells);
    if (this.by === undefined) return group[share];
    const driver = this.by.pick();
    const start = hash(this.#seed, driver.cell(row, 0)) % before;
    return driver.rank(row) < before ? group[(start + driver.rank(row)) % before] : undefined;
  }

  /** Rows of the parent by their values of the fixed columns. */
  groups(): ReadonlyMap<string, readonly number[]> {
    if (this.#groups !== undefined) return this.#groups;
    const referenced = this.fixed.map(
      (name) => this.foreignKey.referenced[this.foreignKey.columns.indexOf(name)] ?? '',
    );
    const groups = new Map<string, number[]>();
    for (let row = 0; row < this.parent.rows; row += 1) {
      const key = keyOf(referenced.map((name) => this.parent.value(name, row)));
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [row]);
      else group.push(row);
    }
    this.#groups = groups;
    return groups;
  }

  #candidatesCount(): number {
    return this.#only()?.length ?? this.parent.rows;
  }

  #candidate(at: number): number {
    return this.#only()?.[at] ?? at;
  }

  /** Undefined where all rows of the parent are meant. */
  #only(): Int32Array | undefined {
    if (this.#candidates !== null) return this.#candidates;
    const viable = this.#options.viable();
    this.#candidates = undefined; // also while it is being found
    if (viable !== undefined) {
      const rows: number[] = [];
      for (let row = 0; row < this.parent.rows; row += 1) if (viable(row)) rows.push(row);
      this.#candidates = Int32Array.from(rows);
    }
    return this.#candidates;
  }
}

export function keyOf(values: readonly Value[]): string {
  return values.length === 1 ? String(values[0]) : JSON.stringify(values);
}

/** How many of ascending numbers lie below one. */
function lower(numbers: readonly number[], than: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < than) low = middle + 1;
    else high = middle;
  }
  return low;
}

function coprime(count: number): number {
  let step = Math.max(1, Math.floor(count * GOLDEN));
  while (divisor(step, count) !== 1) step += 1;
  return step;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
