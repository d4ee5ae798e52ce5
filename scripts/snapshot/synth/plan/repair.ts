import { chance, hash, seedOf } from '../draw/hash.ts';
import { RehearsalError } from '../../../shared/errors.ts';
import { classOf, type Value, type ValueClass } from '../expr/value.ts';
import { digitsOf } from '../values/numbers.ts';
import { fitted, type Derived } from './derived-columns.ts';
import type { Rule } from './rule.ts';
import type { PlannedColumn, TablePlan } from './table-plan.ts';

/** Other values that are drawn for a column before another column is looked at. */
const REDRAWS = 6;
const MOST_STEPS = 12;
const MOST_DRAWS = 400;

interface Free {
  readonly column: PlannedColumn;
  /** Another value may stand in its place. */
  readonly mayDiffer: boolean;
}

/** Changes rows that break a rule until they break none: one column at a time, then several by chance. */
export class Repair {
  readonly #table: TablePlan;
  readonly #rules: readonly Rule[];
  readonly #derived: readonly Derived[];
  readonly #free: ReadonlyMap<string, Free>;

  constructor(table: TablePlan, rules: readonly Rule[], derived: readonly Derived[]) {
    this.#table = table;
    this.#rules = rules;
    this.#derived = derived;
    const computed = new Set(derived.map(({ column }) => column.schema.name));
    // What is computed changes by what it is computed of.
    const sources = table.predicates.filter(({ equals }) =>
      equals.some(({ column }) => computed.has(column)),
    );
    const names = new Set([...rules, ...sources].flatMap(({ columns }) => columns));
    const columns = [...names].flatMap((name) => (computed.has(name) ? [] : (table.column(name) ?? [])));
    this.#free = new Map(
      columns.flatMap((column) => {
        const { part, isKey, schema } = column;
        const mayDiffer = part?.kind === 'plain' && !isKey && !part.isExact;
        return part !== undefined && (mayDiffer || !schema.isNotNull)
          ? [[schema.name, { column, mayDiffer }]]
          : [];
      }),
    );
  }

  /** Those that it may change. */
  get columns(): string[] {
    return [...this.#free.keys()];
  }

  /** @throws SNAPSHOT_INVALID with the names of the checks that no row was found for */
  repaired(values: Value[], row: number): readonly Value[] {
    let broken = this.#broken(values);
    for (let step = 0; broken.length > 0 && step < MOST_STEPS; step += 1) {
      const better = this.#oneStep(values, row, broken, step);
      if (better === undefined) break;
      broken = better;
    }
    if (broken.length > 0) broken = this.#byChance(values, row, broken);
    if (broken.length === 0) return values;
    const names = [...new Set(broken.map(({ name }) => name))];
    throw new RehearsalError(
      'SNAPSHOT_INVALID',
      `no row of ${this.#table.shown} was found that meets ${names.join(' and ')} beside its other checks and keys`,
      {
        hint: 'Make this database by a generator or from a masked dump: snapshot: { generator: … } or { source: …, mask: … }.',
      },
    );
  }

  #broken(values: readonly Value[]): Rule[] {
    return this.#rules.filter(({ holds }) => holds(values) === false);
  }

  #derive(values: Value[]): void {
    for (const { set } of this.#derived) set(values);
  }

  /** Keeps the first change after which fewer rules are broken. */
  #oneStep(values: Value[], row: number, broken: readonly Rule[], step: number): Rule[] | undefined {
    const before = [...values];
    for (const value of this.#candidates(values, broken, { row, step })) {
      values[value.at] = value.value;
      this.#derive(values);
      const now = this.#broken(values);
      if (now.length < broken.length) return now;
      for (const [at, old] of before.entries()) values[at] = old;
    }
    return undefined;
  }

  #namesFor(broken: readonly Rule[]): string[] {
    const touched = new Set(broken.flatMap(({ columns }) => columns));
    const sources = this.#table.predicates.filter(({ equals }) =>
      equals.some(
        ({ column }) => touched.has(column) && this.#derived.some((one) => one.column.schema.name === column),
      ),
    );
    return [...new Set([...touched, ...sources.flatMap(({ columns }) => columns)])].filter((name) =>
      this.#free.has(name),
    );
  }

  *#candidates(
    values: readonly Value[],
    broken: readonly Rule[],
    { row, step }: { row: number; step: number },
  ) {
    const names = this.#namesFor(broken);
    for (const { bounds } of broken)
      for (const { column: name, operator, value } of bounds) {
        const free = this.#free.get(name);
        if (free?.mayDiffer !== true) continue;
        const beside = value.value(values);
        if (typeof beside !== 'number') continue;
        const { at, schema } = free.column;
        for (const gap of gapsOf(schema.type, hash(seedOf(name, step), row)))
          yield { at, value: fitted(operator.startsWith('<') ? beside - gap : beside + gap, schema.type) };
      }
    for (const name of names) {
      const free = this.#free.get(name);
      if (free === undefined) continue;
      const { at, schema, part } = free.column;
      if (!schema.isNotNull && values[at] !== null) yield { at, value: null };
      if (values[at] === null) yield { at, value: part?.value(name, row, 0, true) ?? null };
    }
    for (let salt = 1; salt <= REDRAWS; salt += 1)
      for (const name of names) {
        const free = this.#free.get(name);
        if (free?.mayDiffer === true)
          yield {
            at: free.column.at,
            value: free.column.part?.value(name, row, salt + step * REDRAWS, true) ?? null,
          };
      }
  }

  /** All columns of the rules at once, each NULL or another value. */
  #byChance(values: Value[], row: number, broken: readonly Rule[]): Rule[] {
    const names = this.#namesFor(broken);
    const before = [...values];
    for (let draw = 1; draw <= MOST_DRAWS; draw += 1) {
      for (const [index, name] of names.entries()) {
        const free = this.#free.get(name);
        if (free === undefined) continue;
        const { at, schema, part } = free.column;
        const isNull = !schema.isNotNull && chance(draw * 64 + index, row) < 0.5;
        values[at] = isNull ? null : (part?.value(name, row, free.mayDiffer ? draw : 0, true) ?? null);
      }
      this.#derive(values);
      if (this.#broken(values).length === 0) return [];
    }
    for (const [at, old] of before.entries()) values[at] = old;
    return this.#broken(values);
  }
}

const SECOND_US = 1_000_000;
const DAY_US = 86_400 * SECOND_US;

type Gaps = (drawn: number) => readonly number[];
const MOMENTS: Gaps = (drawn) => [SECOND_US * (1 + (drawn % 86_400)), SECOND_US, 1, 0, DAY_US];
/** How far a value may stand from what it is held against: some way, then as little as can be, then not at all. */
const GAPS: Readonly<Partial<Record<ValueClass, Gaps>>> = {
  date: (drawn) => [1 + (drawn % 30), 1, 0],
  timestamp: MOMENTS,
  interval: MOMENTS,
  time: (drawn) => [SECOND_US * (1 + (drawn % 3600)), SECOND_US, 0],
  int: (drawn) => [1 + (drawn % 5), 1, 0],
};

function gapsOf(type: PlannedColumn['schema']['type'], drawn: number): readonly number[] {
  return GAPS[classOf(type.name)]?.(drawn) ?? [1 + (drawn % 100) / 10, 10 ** -digitsOf(type), 0];
}
