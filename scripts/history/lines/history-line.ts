import { z } from 'zod';

/*
 * history.ndjson: one document a line, only ever added to. A reader takes what it knows and passes over the rest, so that an older
 * version of the tool can read the lines of a newer one.
 */

const text = z.string();
const optionalText = z.string().nullable();

const figureSchema = z.object({
  id: text.describe('As in result.json, or `step:<name>` for how long a step took'),
  scenario: text,
  title: text,
  unit: text,
  better: z.enum(['lower', 'higher']),
  budget: z.number().nullable(),
  value: z.number().describe('The median, where the plan was played several times'),
  values: z.array(z.number()).describe('One for each playing'),
});

const runLineSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('run'),
  runId: text,
  rehearsal: text,
  target: text,
  toolVersion: text,
  startedAt: text,
  endedAt: optionalText,
  verdict: z.enum(['pass', 'fail', 'inconclusive']).nullable().describe('Null where nothing could be judged'),
  headline: text,
  findings: z.array(z.object({ check: text, status: text, step: optionalText })),
  planSha256: text,
  snapshot: z
    .object({
      sha256: text,
      takenAt: optionalText,
      bytes: z.number(),
      rows: z.number(),
    })
    .nullable(),
  load: z.object({ ratePerSec: z.number(), connections: z.number(), seed: z.number() }).nullable(),
  settings: z.record(text, text).describe('As SHOW told them'),
  machine: z
    .object({
      name: optionalText,
      class: text.describe('Runs of equal classes are compared with each other'),
    })
    .nullable(),
  postgresVersion: optionalText,
  commit: optionalText,
  branch: optionalText.default(null).describe('Null where none is known'),
  regressionPercent: z.number().nullable().describe('The budget `regression`'),
  figures: z.array(figureSchema),
});

const noteLineSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('note'),
  runId: text,
  at: text,
  by: text,
  text,
});

const pinLineSchema = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('pin'),
  runId: text,
  at: text,
  pinned: z.boolean(),
});

export const historyLineSchema = z.discriminatedUnion('kind', [runLineSchema, noteLineSchema, pinLineSchema]);

export type Figure = z.infer<typeof figureSchema>;
export type RunLine = z.infer<typeof runLineSchema>;
export type NoteLine = z.infer<typeof noteLineSchema>;
export type HistoryLine = z.infer<typeof historyLineSchema>;
