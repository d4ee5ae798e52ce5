import type { SchemaRecord } from '../../../artifacts/records/records.ts';
import { groupBy } from '../../../shared/group-by.ts';

interface Renamed {
  /** By the name before the plan. */
  readonly now: ReadonlyMap<string, string>;
  /** The other way round. */
  readonly first: ReadonlyMap<string, string>;
}

/** Tells by what is written of them now which tables stood there before the plan. */
export class FirstNames {
  readonly #first: ReadonlySet<string>;
  /** By step, in the order of the plan: what is called otherwise from its end on, by the name before the plan. */
  readonly #renamed: readonly (Renamed | undefined)[];

  /** @param stepNames in the order of the plan */
  constructor(schema: readonly SchemaRecord[], stepNames: readonly string[]) {
    this.#first = new Set(schema.flatMap((record) => (record.type === 'tables' ? record.tables : [])));
    const changes = groupBy(
      schema.filter((record) => record.type === 'renamed'),
      ({ step }) => step,
    );
    let names: Renamed | undefined;
    this.#renamed = stepNames.map((step) => {
      const tables = changes.get(step)?.flatMap((record) => record.tables) ?? [];
      if (tables.length === 0) return names;
      const now = new Map([...(names?.now ?? []), ...tables.map((one) => [one.first, one.now] as const)]);
      return (names = { now, first: new Map([...now].reverse().map(([first, name]) => [name, first])) });
    });
  }

  /**
   * The name before the plan of what is called `name`; undefined = the plan made it, or it is no table.
   * @param after how many steps have ended
   */
  at(name: string, after: number): string | undefined {
    const renamed = after === 0 ? undefined : this.#renamed[after - 1];
    const first = renamed?.first.get(name);
    if (first !== undefined) return first;
    const isTaken = renamed?.now.has(name) === true && renamed.now.get(name) !== name;
    return this.#first.has(name) && !isTaken ? name : undefined;
  }

  /** As `at` while the step with this index from 0 runs, which may rename it. */
  during(name: string, index: number): string | undefined {
    return this.at(name, index) ?? this.at(name, index + 1);
  }
}
