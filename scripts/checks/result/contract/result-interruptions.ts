import { z } from 'zod';
import { CUT_MOMENTS } from '../../../artifacts/records/of-plan/interruption-record.ts';
import { NOT_COMPARED } from '../../../artifacts/records/of-plan/fingerprint-record.ts';
import { UNFINISHED_KINDS } from '../../../artifacts/records/of-plan/schema-records.ts';
import { CUTS } from '../../../plan/model.ts';

/* The part of result.json about steps that were cut off. */

const count = z.int().nonnegative();

const leftoverSchema = z.object({
  kind: z
    .enum([...UNFINISHED_KINDS, 'tool-lock'])
    .describe(
      '`index`: INVALID; `constraint`: NOT VALID; `tool-lock`: a migration tool’s table says that one is at work, or was and failed',
    ),
  name: z.string(),
  relation: z.string(),
  remedy: z
    .string()
    .describe('The statement that removes or finishes it; of a tool’s lock the command of the tool'),
});

const besideQuietSchema = z.object({
  table: z.string(),
  reason: z
    .enum(NOT_COMPARED)
    .nullable()
    .describe(
      'Why it was not compared: `app-writes` what the step writes; `no-key`; `not-the-same-twice`: by a function that gives something else each time; `hangs-on-the-app`: on what the app writes',
    ),
  rows: z
    .object({
      compared: count,
      setAside: count.describe('Rows that the app may have written in one of the two'),
      unlike: count.describe('Not what the quiet playing leaves'),
      leftOut: count.describe('Of them: as before the step, or not there'),
      oneIn: count.describe('Of a large table one in so many rows was compared'),
    })
    .nullable(),
});

export const interruptionSchema = z.object({
  plan: z.string().optional().describe('Which of the rehearsal’s plans; absent where it has one'),
  step: z.string(),
  how: z
    .enum(CUTS)
    .describe(
      '`session`: the backend was ended; `client`: the connection was gone and the server went on; `server`: the server crashed and recovered',
    ),
  file: z.string().nullable().describe('Null of a backfill and of a command'),
  statement: z
    .string()
    .nullable()
    .optional()
    .describe(
      'Of a command: what its session had sent, without constants; null where the command was over before. Absent of other steps',
    ),
  line: z.int().nullable(),
  cuts: count.describe('How often it was cut off; the last time stands here'),
  moment: z
    .enum(CUT_MOMENTS)
    .describe(
      '`running`: the statement was at work; `open`: its transaction was open; `committing`: its commit was under way; `done`: it was over',
    ),
  secondTry: z.string().describe('`ok`, or the SQLSTATE with which it failed; `failed` where it had none'),
  message: z
    .string()
    .nullable()
    .describe('What PostgreSQL said to the second try; null where it went through'),
  leftovers: z.array(leftoverSchema).describe('Unfinished in the schema when the second try began'),
  serverWentOnMs: z
    .number()
    .nonnegative()
    .nullable()
    .describe('How long the server went on by itself; null where it still did when the second try began'),
  advisoryLocks: z
    .int()
    .positive()
    .optional()
    .describe(
      'Advisory locks that the server held meanwhile for a client that was gone: a second try in that time meets them. Absent where it held none',
    ),
  downMs: z
    .number()
    .nonnegative()
    .optional()
    .describe('How long nobody could connect, in all, where the server crashed; absent of the other ways'),
  rowsTwice: count
    .nullable()
    .describe(
      'Rows that were changed twice, by the transactions of a backfill’s batches or because they are not what the quiet playing leaves; null where neither is known',
    ),
  rowsLeftOut: count
    .nullable()
    .describe(
      'Likewise, rows that nobody changed, or that are as before the step and not so in the quiet playing',
    ),
  besideQuiet: z
    .array(besideQuietSchema)
    .optional()
    .describe(
      'Tables whose rows the step writes, behind its second try and in the quiet playing; absent where the quiet playing is not among the scenarios',
    ),
});

export type InterruptionResult = z.infer<typeof interruptionSchema>;
