import { z } from 'zod';

/* The part of result.json about what was found, and how each check came out. */

const index = z.int().positive();

/** A field by the name that it had first; it goes with schemaVersion 1. */
export function formerly<T extends z.ZodType>(schema: T, name: string): z.ZodOptional<T> {
  return schema
    .optional()
    .meta({ deprecated: true, description: `The same as \`${name}\`, its name of before` });
}

export const findingSchema = z.object({
  check: z.string().describe('Id of the check, such as lockWait; docs/checks has a page for each'),
  status: z.enum(['fail', 'inconclusive', 'warn']),
  step: z.string().nullable(),
  statement: z.int().nullable().describe('Position in the step, from 1'),
  measured: z.number().nullable(),
  budget: z.number().nullable(),
  unit: z.string().nullable(),
  sqlstate: z.string().nullable(),
  message: z.string().describe('One sentence: what happened, with its number and the budget'),
  advice: z.string().nullable().describe('What to write instead, as one sentence'),
  insteadSql: z.string().nullable().describe('Copyable SQL that does the same without the harm'),
  scenarios: z
    .array(z.string())
    .optional()
    .describe('Of a run with several scenarios: those in which it was found'),
  playing: index
    .optional()
    .describe('The playing in which it was at its worst; absent where the plan was played once'),
  performance: formerly(index, 'playing'),
});

const thresholdSchema = z.object({
  value: z.number(),
  from: z
    .enum(['rehearsal', 'default', 'tool'])
    .describe(
      '`rehearsal`: its budgets. `default`: the budgets of a rehearsal that says nothing of them. `tool`: fixed in the check',
    ),
});

export const checkSchema = z.object({
  id: z.string(),
  title: z.string(),
  status: z.enum(['pass', 'fail', 'inconclusive', 'warn', 'not-judged']),
  measured: z.number().nullable(),
  budget: z.number().nullable(),
  unit: z.string().nullable(),
  better: z
    .enum(['lower', 'higher'])
    .optional()
    .describe('Which way `measured` is better; absent where a check measures nothing, and in older results'),
  threshold: thresholdSchema
    .nullable()
    .optional()
    .describe(
      'Beyond which it is told; null where there is none, or where it hangs on what the run measured',
    ),
  playing: z
    .int()
    .positive()
    .optional()
    .describe('The playing in which it came out so, the worst of all; absent where the plan was played once'),
  performance: formerly(index, 'playing'),
});
