import { z } from 'zod';
import { CATALOG_DIFFERENCES } from '../../artifacts/records/of-plan/rollback-records.ts';
import { isMoment } from '../../shared/moments.ts';

/* The shapes of artifacts/rollback.ndjson. */

const text = z.string();
const moment = z.number().refine(isMoment, 'is no moment of a run');

const difference = z.object({
  kind: text,
  name: text,
  relation: text.nullable(),
  mark: text,
  what: z.array(text),
  how: z.enum(CATALOG_DIFFERENCES),
});

export const rollbackRecord = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('values'),
    step: text,
    tMs: moment,
    lost: z.array(
      z.object({ table: text, column: text, count: z.number(), since: text, isAtLeast: z.boolean() }),
    ),
  }),
  z.object({
    type: z.literal('catalog'),
    after: text,
    tMs: moment,
    objects: z.number(),
    differences: z.array(difference),
  }),
]);
