import { z } from 'zod';

/* The shape of `moved` in artifacts/snapshot.json. */

const text = z.string();
const constraint = z.object({ name: text, fresh: text, isValid: z.boolean(), sql: text });

export const movedColumn = z.object({
  relation: text,
  column: text,
  fresh: text,
  type: text,
  collation: text.nullable(),
  isNotNull: z.boolean(),
  default: text.nullable(),
  identity: text.nullable(),
  sequence: text.nullable(),
  indexes: z.array(
    z.object({
      name: text,
      fresh: text,
      sql: text,
      isReplicaIdentity: z.boolean(),
      key: z.object({ kind: z.enum(['primary key', 'unique']), deferrable: text }).nullable(),
    }),
  ),
  constraints: z.array(constraint),
  referring: z.array(constraint.extend({ table: text })),
  views: z.array(z.object({ name: text, sql: text, owner: text, grants: z.array(text) })),
  triggers: z.array(z.object({ name: text, sql: text })),
  policies: z.array(text),
  statistics: z.array(text),
  grants: z.array(text),
  others: z.array(text),
  sequenceGrants: z.array(text),
  settings: z.array(text),
  readers: z.array(text),
  lastTrigger: text.nullable(),
});
