import { z } from 'zod';
import { isMoment } from '../../shared/moments.ts';

/* Of artifacts/schema.ndjson, what is about the app's statements and what they lean on. */

const number = z.number();
const moment = number.refine(isMoment, 'is no moment of a run');
const text = z.string();
const texts = z.array(text);
const index = z.object({ name: text, table: text, columns: texts });

const change = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['index-gone', 'index-made']), index }),
  z.object({ kind: z.literal('statistics-gone'), table: text, columns: texts }),
  z.object({ kind: z.literal('key-unindexed'), key: index.extend({ refersTo: text, referred: texts }) }),
  z.object({
    kind: z.literal('trigger-made'),
    trigger: z.object({ name: text, table: text, function: text, events: texts }),
  }),
  z.object({ kind: z.enum(['function-changed', 'function-applied']), name: text, indexes: texts }),
  z.object({
    kind: z.literal('published-changed'),
    table: text,
    publications: texts,
    added: texts,
    dropped: texts,
    retyped: texts,
  }),
]);

const plan = z.object({
  version: text,
  script: text,
  statement: number,
  text,
  relations: texts,
  indexes: texts,
  names: texts,
  writes: z.array(z.object({ relation: text, operation: text })),
});

const rowCounts = z.object({
  version: text,
  script: text,
  statement: number,
  what: z.enum(['none', 'more', 'unwritten']),
  before: z.array(number),
  after: z.array(number),
  hasParameters: z.boolean(),
});

export const dependencyRecords = [
  z.object({ type: z.literal('dependencies'), step: text, tMs: moment, changes: z.array(change) }),
  z.object({ type: z.literal('script-plans'), step: text.nullable(), tMs: moment, plans: z.array(plan) }),
  z.object({
    type: z.literal('row-counts'),
    step: text,
    tMs: moment,
    compared: number,
    changes: z.array(rowCounts),
  }),
  z.object({
    type: z.literal('updates'),
    step: text.nullable(),
    when: z.enum(['before', 'after']),
    tMs: moment,
    walBytes: number,
    allUpdated: number,
    tables: z.array(z.object({ table: text, updated: number, hot: number })),
  }),
  z.object({
    type: z.literal('drift'),
    step: text,
    backfill: text,
    tMs: moment,
    table: text,
    columns: texts,
    rows: number,
    other: number,
    otherBefore: number,
    writers: texts,
  }),
] as const;
