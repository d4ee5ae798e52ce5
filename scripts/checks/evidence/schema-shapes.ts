import { z } from 'zod';
import {
  SKIPPING_CLAUSES,
  UNFINISHED_KINDS,
  WAYS_TO_LOSE_ROWS,
} from '../../artifacts/records/of-plan/schema-records.ts';
import { isMoment } from '../../shared/moments.ts';
import { dependencyRecords } from './dependency-shapes.ts';

/* The shapes of artifacts/schema.ndjson. */

const number = z.number();
const moment = number.refine(isMoment, 'is no moment of a run');
const text = z.string();

const schemaObjects = z.array(z.object({ kind: text, name: text, relation: text.nullable() }));

export const schemaRecord = z.discriminatedUnion('type', [
  ...dependencyRecords,
  z.object({
    type: z.literal('fallen'),
    step: text,
    statement: number.nullable(),
    sql: text.optional(),
    tMs: moment,
    objects: schemaObjects,
  }),
  z.object({
    type: z.literal('skipped'),
    step: text,
    statement: number.nullable(),
    tMs: moment,
    clause: z.enum(SKIPPING_CLAUSES),
    object: text,
    found: z.array(text),
  }),
  z.object({
    type: z.literal('whole-tables'),
    step: text,
    tMs: moment,
    tables: z.array(z.object({ table: text, isRewritten: z.boolean(), readRows: number })),
  }),
  z.object({ type: z.literal('made-again'), step: text, tMs: moment, objects: schemaObjects }),
  z.object({
    type: z.literal('broken-rows'),
    step: text,
    tMs: moment,
    constraints: z.array(
      z.object({
        oid: number,
        kind: z.enum(['foreign key', 'check']),
        name: text,
        relation: text,
        rows: number.nullable(),
        rowsBefore: number.nullable(),
      }),
    ),
  }),
  z.object({
    type: z.literal('unfinished'),
    step: text.nullable(),
    attempt: number.nullable(),
    tMs: moment,
    objects: z.array(
      z.object({
        kind: z.enum(UNFINISHED_KINDS),
        oid: number,
        name: text,
        relation: text,
        isPart: z.boolean(),
        lacking: z.array(text),
      }),
    ),
  }),
  z.object({
    type: z.literal('lost-rows'),
    step: text,
    tMs: moment,
    tables: z.array(
      z.object({
        table: text,
        how: z.enum(WAYS_TO_LOSE_ROWS),
        estimatedRows: number,
        changedRows: number.optional(),
        deletedRows: number.optional(),
        rowsLeft: number.nullable(),
        outOf: text.optional(),
        partOf: z.array(text).optional(),
      }),
    ),
  }),
  z.object({
    type: z.literal('lost-values'),
    step: text,
    statement: number.nullable(),
    tMs: moment,
    table: text,
    column: text,
    rows: number,
    emptied: number,
    changed: number,
  }),
  z.object({
    type: z.literal('refused-rows'),
    step: text,
    tMs: moment,
    relation: text,
    since: z.array(
      z.object({ when: z.enum(['before', 'during', 'ahead']), step: text.nullable(), rows: number }),
    ),
  }),
  z.object({ type: z.literal('tables'), tMs: moment, tables: z.array(text) }),
  z.object({
    type: z.literal('renamed'),
    step: text,
    tMs: moment,
    tables: z.array(z.object({ first: text, now: text })),
  }),
]);
