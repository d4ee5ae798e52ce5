import type { SchemaRecord } from '../../../artifacts/records/records.ts';

/** Tells by what is written of them now which tables stood there before the plan. */
export class FirstNames {
  readonly #first: ReadonlySet<string>;
  /** By step, in the order of the plan: what is called otherwise from its end on, by the name before the plan. */
  readonly #renamed: readonly (ReadonlyMap<string, string> | undefined)[];

  /** @param stepNames in the order of the plan */
  constructor(schema: readonly SchemaRecord[], stepNames: readonly string[]) {
    this.#first = new Set(schema.flatMap((record) => (record.type === 'tables' ? record.tables : [])));
    let names: ReadonlyMap<string, string> | undefined;
    this.#renamed = stepNames.map((step) => {
      const changes = schema.filter((record) => record.type === 'renamed' && record.step === step);
      for (const record of changes)
        if (record.type === 'renamed')
          names = new Map([
            ...(names ?? []),
            ...record.tables.map(({ first, now }) => [first, now] as const),
          ]);
      return names;
    });
  }

  /**
   * The name before the plan of what is called `name`; undefined = the plan made it, or it is no table.
   * @param after how many steps have ended
   */
  at(name: string, after: number): string | undefined {
    const renamed = after === 0 ? undefined : this.#renamed[after - 1];
    for (const [first, now] of renamed ?? []) if (now === name) return first;
    const isTaken = renamed?.has(name) === true && renamed.get(name) !== name;
    return this.#first.has(name) && !isTaken ? name : undefined;
  }

  /** As `at` while the step with this index from 0 runs, which may rename it. */
  during(name: string, index: number): string | undefined {
    return this.at(name, index) ?? this.at(name, index + 1);
  }
}
