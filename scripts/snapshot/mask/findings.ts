import { columnText } from '../../plan/mask/column-name.ts';
import type { ColumnName } from '../../plan/mask/mask-rules.ts';
import type { Mistake } from '../../shared/errors.ts';
import { UNKNOWN_TYPE, type ColumnType } from './columns/column-type.ts';
import type { Evidence } from './detect/column-evidence.ts';

export interface Finding extends Evidence {
  readonly at: ColumnName;
  readonly type: ColumnType;
}

/** Columns that look personal and have no rule, by their name; of partitions once for all. */
export class Findings {
  readonly #found = new Map<string, Finding>();

  add(at: ColumnName, evidence: Evidence, type: ColumnType = UNKNOWN_TYPE): void {
    const key = columnText(at);
    if (!this.#found.has(key)) this.#found.set(key, { at, type, ...evidence });
  }

  get isEmpty(): boolean {
    return this.#found.size === 0;
  }

  /** By table and column. */
  get all(): Finding[] {
    return [...this.#found].sort(([a], [b]) => a.localeCompare(b)).map(([, finding]) => finding);
  }

  mistakes(shown: string): Mistake[] {
    return this.all.map(({ at, kind, why }) => ({
      file: shown,
      key: columnText(at),
      message: `looks personal (${kind}, ${why}) and has no rule; write one under columns, or the column under keep`,
    }));
  }
}
