import { z } from 'zod';
import { number, text } from '../primitives.ts';

/** Production, and what was rehearsed on. */
const pair = z.object({ before: number, after: number });

const ColumnDrift = z.object({
  name: text,
  /** From 0 to 1. */
  nullFraction: pair,
  /** Both of as many rows as there are now. */
  distinct: pair,
  widthBytes: pair,
  /** Share of all rows that has the most common value. */
  commonest: pair,
  /** Half of what all common values differ by, the most common with the most common: from 0 to 1. */
  commonDistance: number,
  /** Null = one of them has no order. */
  correlation: pair.nullable(),
});
export type ColumnDrift = z.infer<typeof ColumnDrift>;

const TableDrift = z.object({
  /** `schema.name` */
  name: text,
  /** Null = not known of production; so are the others. */
  rows: pair.nullable(),
  heapBytes: pair.nullable(),
  toastBytes: pair.nullable(),
  indexBytes: pair.nullable(),
  /** Of the rows as COPY writes them. */
  textBytes: pair.nullable(),
  columns: z.array(ColumnDrift).readonly(),
});
export type TableDrift = z.infer<typeof TableDrift>;

/** How what was rehearsed on differs from production. Holds no value of a row. */
export const DriftRecord = z.object({
  /** Held against production's own statistics, or against what masking read on its way. */
  against: z.enum(['statistics', 'what masking read']),
  tables: z.array(TableDrift).readonly(),
  /** Tables that nothing is known of. */
  unknown: z.array(text).readonly(),
});
export type DriftRecord = z.infer<typeof DriftRecord>;
