import { z } from 'zod';
import { moment, number, text } from '../primitives.ts';

export const CATALOG_DIFFERENCES = ['left-over', 'missing', 'changed'] as const;

export const CatalogDifference = z.object({
  /** As people call it: `column`, `index`, `foreign key` … */
  kind: text,
  /** `schema.name`, or the name alone where it is part of a relation. */
  name: text,
  /** `schema.name` of the relation that it is part of; null where it stands for itself. */
  relation: text.nullable(),
  how: z.enum(CATALOG_DIFFERENCES),
  /** Of what changed, as `type integer, was bigint`; without values where they may hold those of rows. */
  what: z.array(text).readonly(),
  /** The same in two looks where the object was the same. */
  mark: text,
});
export type CatalogDifference = z.infer<typeof CatalogDifference>;

/** The catalog beside what it was before the plan. */
const CatalogRecord = z.object({
  type: z.literal('catalog'),
  /** `start` or the step that had ended. */
  after: text,
  tMs: moment,
  /** That were compared. */
  objects: number,
  differences: z.array(CatalogDifference).readonly(),
});

/** What held a value before the plan, and does not any more. */
const PastLimit = z.object({
  /**
   * A type or its length, NOT NULL, the labels of an enum, a CHECK of a table or a domain, a unique key, a foreign key; or a
   * statement of the old version that could read it.
   */
  rule: z.enum(['type', 'null', 'label', 'check', 'unique', 'reference', 'read']),
  /**
   * `character varying(20)`, `not null`, the name of the enum, the domain or the constraint;
   * `readable by open-order (workload/old/open.sql:3)`.
   */
  was: text,
  /** With which the statement fails. */
  sqlstate: text.optional(),
});
export type PastLimit = z.infer<typeof PastLimit>;

export const LostValues = z.object({
  /** `schema.name` */
  table: text,
  /** `*`: whole rows, of a table that is gone or that are not readable. */
  column: text,
  /** How many; never which. */
  count: number,
  /** The step of the plan since which they were written, or that dropped the column in which they stood. */
  since: text,
  /** A version before may have changed its own column meanwhile: only what is sure was counted. */
  isAtLeast: z.boolean(),
  /** Of values that are beyond it, whether they still stand there or were cut to it. */
  limit: PastLimit.optional(),
});
export type LostValues = z.infer<typeof LostValues>;

/** A SELECT of the old version that was not asked with the keys of what was written, or not with all. */
export const NotAsked = z.object({
  /** `open-order (workload/old/open.sql:3)` */
  statement: text,
  /**
   * Its rows are not found by a key; it stands behind the answer to a write; finding the keys took too long, or PostgreSQL
   * refused it; there were more keys than were asked.
   */
  why: z.enum(['no-key', 'behind-write', 'slow', 'refused', 'left-over']),
  sqlstate: text.optional(),
  /** Keys, where some were left over. */
  asked: number.optional(),
});
export type NotAsked = z.infer<typeof NotAsked>;

/** What one undoing took with it, also where that is nothing. */
const ValuesRecord = z.object({
  type: z.literal('values'),
  /** The step on the way back that had ended. */
  step: text,
  tMs: moment,
  lost: z.array(LostValues).readonly(),
});

/** What was written and stands there, and what the catalog of before would not have let in; also where that is nothing. */
const UnreadableRecord = z.object({
  type: z.literal('unreadable'),
  /** The step on the way back that had ended. */
  step: text,
  tMs: moment,
  values: z.array(LostValues).readonly(),
  /** Of the last undoing. */
  notAsked: z.array(NotAsked).readonly().optional(),
});

/** artifacts/rollback.ndjson: what a playing that goes back looks at besides. In order of time. */
export const RollbackRecord = z.discriminatedUnion('type', [CatalogRecord, ValuesRecord, UnreadableRecord]);
export type RollbackRecord = z.infer<typeof RollbackRecord>;
