import { z } from 'zod';
import { text } from '../primitives.ts';

export const TableGrant = z.object({
  /** `SELECT`, or of some columns `UPDATE (state)`. */
  right: text,
  /** Quoted where it must be. */
  to: text,
  isGrantable: z.boolean(),
});
export type TableGrant = z.infer<typeof TableGrant>;

/** What a view under the old name of a table that the plan renames has to have, so that nobody misses the table. */
export const RenamedTable = z.object({
  /** `schema.name`, its name before the plan. */
  relation: text,
  /** Quoted where it must be. */
  owner: text,
  /** All but the owner's own. */
  grants: z.array(TableGrant).readonly(),
  /** Row level security is on: through a view that is not the invoker's, its owner's rows are seen. */
  isRowSecured: z.boolean(),
});
export type RenamedTable = z.infer<typeof RenamedTable>;
