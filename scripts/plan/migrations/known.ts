import type { Migration } from './list-migrations.ts';

/** What something has of a folder's migrations: a commit, or a database. */
export interface Known {
  readonly has: (migration: Migration) => boolean;
  /** What does not fit together, as sentences. */
  readonly notes: (migrations: readonly Migration[]) => readonly string[];
}
