/** artifacts/rollback.ndjson: what a playing that goes back looks at besides. In order of time. */
export type RollbackRecord = CatalogRecord | ValuesRecord;

/** What one undoing took with it, also where that is nothing. */
interface ValuesRecord {
  readonly type: 'values';
  /** The step on the way back that had ended. */
  readonly step: string;
  readonly tMs: number;
  readonly lost: readonly LostValues[];
}

export interface LostValues {
  /** `schema.name` */
  readonly table: string;
  /** `*`: whole rows of a table that is gone. */
  readonly column: string;
  /** How many; never which. */
  readonly count: number;
  /** The step of the plan since which they were written, or that dropped the column in which they stood. */
  readonly since: string;
  /** A version before may have changed its own column meanwhile: only what is sure was counted. */
  readonly isAtLeast: boolean;
}

/** The catalog beside what it was before the plan. */
interface CatalogRecord {
  readonly type: 'catalog';
  /** `start` or the step that had ended. */
  readonly after: string;
  readonly tMs: number;
  /** That were compared. */
  readonly objects: number;
  readonly differences: readonly CatalogDifference[];
}

export const CATALOG_DIFFERENCES = ['left-over', 'missing', 'changed'] as const;

export interface CatalogDifference {
  /** As people call it: `column`, `index`, `foreign key` … */
  readonly kind: string;
  /** `schema.name`, or the name alone where it is part of a relation. */
  readonly name: string;
  /** `schema.name` of the relation that it is part of; null where it stands for itself. */
  readonly relation: string | null;
  readonly how: (typeof CATALOG_DIFFERENCES)[number];
  /** Of what changed, as `type integer, was bigint`; without values where they may hold those of rows. */
  readonly what: readonly string[];
  /** The same in two looks where the object was the same. */
  readonly mark: string;
}
