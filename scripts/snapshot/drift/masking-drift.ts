import type { DriftRecord } from '../../artifacts/records/of-run/drift-record.ts';
import { columnDrift } from './column-drift.ts';
import { MaskedSample } from './masked-sample.ts';

/** How far masking took what it read from what it was; only tables with a rule are told. */
export class MaskingDrift {
  readonly #samples = new Map<string, { readonly name: string; readonly sample: MaskedSample }>();

  /** @param columns those with a rule, in the order of the fields; undefined where there is none */
  sampleOf(
    { schema, table }: { readonly schema: string; readonly table: string },
    columns: readonly string[],
  ): MaskedSample | undefined {
    if (columns.length === 0) return undefined;
    const name = `${schema}.${table}`;
    const key = JSON.stringify([name, ...columns]);
    const known = this.#samples.get(key) ?? { name, sample: new MaskedSample(columns) };
    this.#samples.set(key, known);
    return known.sample;
  }

  record(): DriftRecord {
    return {
      against: 'what masking read',
      tables: [...this.#samples.values()].map(({ name, sample }) => ({
        name,
        rows: { before: sample.rows, after: sample.rows },
        heapBytes: null,
        toastBytes: null,
        indexBytes: null,
        textBytes: { ...sample.textBytes },
        columns: sample.columns().map(({ before, after }) => columnDrift(before, after, sample.rows)),
      })),
      unknown: [],
    };
  }
}
