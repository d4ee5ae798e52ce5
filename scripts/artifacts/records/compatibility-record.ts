/** A table, materialized view or the topmost table of partitions, and the strongest lock that a script takes on it. */
export interface TableUse {
  /** `schema.name` */
  readonly relation: string;
  /** As in pg_locks, such as RowExclusiveLock. */
  readonly mode: string;
  /** A branch of `\if` that did not run names it: only some requests use it, or none. */
  readonly isMaybe?: true;
}

/** artifacts/compatibility.ndjson */
export interface CompatibilityRecord {
  /** `start` or a step's name. */
  readonly after: string;
  readonly version: string;
  readonly script: string;
  readonly ok: boolean;
  readonly sqlstate: string | null;
  /** Without row values. */
  readonly message: string | null;
  /** How often it was tried with other values until it was called a failure. Absent where it worked, and in older runs. */
  readonly tries?: number;
  /** PostgreSQL's own advice. Absent where it gave none, and in older runs. */
  readonly hint?: string;
  /** Of an error 42501: what was refused to whom. Absent where the statement cannot be read. */
  /** Absent of a script that failed or whose locks could not be seen, and in older runs. */
  readonly uses?: readonly TableUse[];
  readonly refused?: { readonly role: string; readonly privileges: readonly string[] };
}
