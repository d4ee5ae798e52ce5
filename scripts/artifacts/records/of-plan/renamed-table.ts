/** What a view under the old name of a table that the plan renames has to have, so that nobody misses the table. */
export interface RenamedTable {
  /** `schema.name`, its name before the plan. */
  readonly relation: string;
  /** Quoted where it must be. */
  readonly owner: string;
  /** All but the owner's own. */
  readonly grants: readonly TableGrant[];
  /** Row level security is on: through a view that is not the invoker's, its owner's rows are seen. */
  readonly isRowSecured: boolean;
}

export interface TableGrant {
  /** `SELECT`, or of some columns `UPDATE (state)`. */
  readonly right: string;
  /** Quoted where it must be. */
  readonly to: string;
  readonly isGrantable: boolean;
}
