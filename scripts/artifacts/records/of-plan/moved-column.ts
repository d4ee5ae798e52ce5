/**
 * A column of the snapshot that the plan renames or gives another type in its SQL, and all that hangs on it. Definitions are
 * PostgreSQL's own, every name in them with its schema, and the column in them is called `fresh`: as they have to be for the column
 * that takes its place.
 */
export interface MovedColumn {
  /** `schema.name` */
  readonly relation: string;
  readonly column: string;
  /** The name that it is renamed to; of a change of type a name that is free. */
  readonly fresh: string;
  /** As it is, with its length or precision. */
  readonly type: string;
  /** Null = that of the type. */
  readonly collation: string | null;
  readonly isNotNull: boolean;
  readonly default: string | null;
  /** Its kind and the options of its sequence, such as `by default as identity (increment 1)`; null = none. */
  readonly identity: string | null;
  /** The sequence that it owns. */
  readonly sequence: string | null;
  readonly indexes: readonly MovedIndex[];
  /** CHECK and FOREIGN KEY of its own table. */
  readonly constraints: readonly MovedConstraint[];
  /** Foreign keys of any table that refer to it. */
  readonly referring: readonly (MovedConstraint & { readonly table: string })[];
  /** Each behind those that it reads. */
  readonly views: readonly MovedView[];
  /** Statements that make its triggers, policies and statistics again; `sql` of a trigger may be two. */
  readonly triggers: readonly { readonly name: string; readonly sql: string }[];
  readonly policies: readonly string[];
  readonly statistics: readonly string[];
  /** GRANTs of the column's own privileges, and of those of the sequence of an identity. */
  readonly grants: readonly string[];
  readonly sequenceGrants: readonly string[];
  /** Statements that set its comment, statistics target, options, storage and compression. */
  readonly settings: readonly string[];
  /** The trigger of the table that is the last to change a row before it is written; null = none does. */
  readonly lastTrigger: string | null;
  /** Of a renamed column: functions in whose text its old name stands. */
  readonly readers: readonly string[];
  /** What no SQL of ours moves, in words. */
  readonly others: readonly string[];
}

export interface MovedIndex {
  readonly name: string;
  /** The name that `sql` builds it under. */
  readonly fresh: string;
  /** CREATE INDEX without CONCURRENTLY. */
  readonly sql: string;
  /** Of a key: `primary key` or `unique`, and DEFERRABLE. */
  readonly key: { readonly kind: 'primary key' | 'unique'; readonly deferrable: string } | null;
  readonly isReplicaIdentity: boolean;
}

interface MovedConstraint {
  readonly name: string;
  readonly fresh: string;
  /** False where it was NOT VALID (or NOT ENFORCED): rows that are there may break it. */
  readonly isValid: boolean;
  /** From CHECK or FOREIGN KEY on, without NOT VALID. */
  readonly sql: string;
}

interface MovedView {
  /** With its schema, quoted where it must be. */
  readonly name: string;
  /** Behind CREATE VIEW: name, options and query. */
  readonly sql: string;
  readonly owner: string;
  readonly grants: readonly string[];
}
