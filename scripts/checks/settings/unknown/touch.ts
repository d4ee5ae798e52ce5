import type { PlannedStep, StatementRecord } from '../../../artifacts/records/records.ts';
import type { StatementTree } from '../../../pg/sql/statement-tree.ts';

/** A statement of the plan, as the author wrote it and as PostgreSQL's parser sees it. */
export interface ReadStatement {
  readonly tree: StatementTree;
  readonly record: StatementRecord;
  readonly planned: PlannedStep;
}

/** What of a statement hangs on a setting, such as `seen_at becomes timestamptz`; empty = nothing does. */
type Reader = (statement: ReadStatement) => string[];

/** Settings that a snapshot does not carry, and what hangs on them. */
export interface UnknownSetting {
  /** As postgres.settings and SET name them, in small letters; one that is named there is known. */
  readonly names: readonly string[];
  readonly of: Reader;
  /** The whole limit. @param what with the step of each @param shown by name, what was in force here */
  readonly told: (
    what: string,
    shown: (name: string) => string | undefined,
    all: readonly ReadStatement[],
  ) => string;
}
