import { z } from 'zod';
import { text } from '../primitives.ts';

export const MovedIndex = z.object({
  name: text,
  /** The name that `sql` builds it under. */
  fresh: text,
  /** CREATE INDEX without CONCURRENTLY. */
  sql: text,
  /** Of a key: `primary key` or `unique`, and DEFERRABLE. */
  key: z
    .object({
      kind: z.enum(['primary key', 'unique']),
      deferrable: text,
    })
    .nullable(),
  isReplicaIdentity: z.boolean(),
});
export type MovedIndex = z.infer<typeof MovedIndex>;

const MovedConstraint = z.object({
  name: text,
  fresh: text,
  /** False where it was NOT VALID (or NOT ENFORCED): rows that are there may break it. */
  isValid: z.boolean(),
  /** From CHECK or FOREIGN KEY on, without NOT VALID. */
  sql: text,
});

const MovedView = z.object({
  /** With its schema, quoted where it must be. */
  name: text,
  /** Behind CREATE VIEW: name, options and query. */
  sql: text,
  owner: text,
  grants: z.array(text).readonly(),
});

/**
 * A column of the snapshot that the plan renames or gives another type in its SQL, and all that hangs on it. Definitions are
 * PostgreSQL's own, every name in them with its schema, and the column in them is called `fresh`: as they have to be for the column
 * that takes its place.
 */
export const MovedColumn = z.object({
  /** `schema.name` */
  relation: text,
  column: text,
  /** The name that it is renamed to; of a change of type a name that is free. */
  fresh: text,
  /** As it is, with its length or precision. */
  type: text,
  /** Null = that of the type. */
  collation: text.nullable(),
  isNotNull: z.boolean(),
  default: text.nullable(),
  /** Its kind and the options of its sequence, such as `by default as identity (increment 1)`; null = none. */
  identity: text.nullable(),
  /** The sequence that it owns. */
  sequence: text.nullable(),
  indexes: z.array(MovedIndex).readonly(),
  /** CHECK and FOREIGN KEY of its own table. */
  constraints: z.array(MovedConstraint).readonly(),
  /** Foreign keys of any table that refer to it. */
  referring: z
    .array(
      MovedConstraint.extend({
        table: text,
      }),
    )
    .readonly(),
  /** Each behind those that it reads. */
  views: z.array(MovedView).readonly(),
  /** Statements that make its triggers, policies and statistics again; `sql` of a trigger may be two. */
  triggers: z
    .array(
      z.object({
        name: text,
        sql: text,
      }),
    )
    .readonly(),
  policies: z.array(text).readonly(),
  statistics: z.array(text).readonly(),
  /** GRANTs of the column's own privileges, and of those of the sequence of an identity. */
  grants: z.array(text).readonly(),
  sequenceGrants: z.array(text).readonly(),
  /** Statements that set its comment, statistics target, options, storage and compression. */
  settings: z.array(text).readonly(),
  /** The trigger of the table that is the last to change a row before it is written; null = none does. */
  lastTrigger: text.nullable(),
  /** Of a renamed column: functions in whose text its old name stands. */
  readers: z.array(text).readonly(),
  /** What no SQL of ours moves, in words. */
  others: z.array(text).readonly(),
});
export type MovedColumn = z.infer<typeof MovedColumn>;
