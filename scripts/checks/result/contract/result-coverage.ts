import { z } from 'zod';

const count = z.int().nonnegative();

/** A table of before the plan that a step stopped, and who asked for it meanwhile. */
export const coverageSchema = z.object({
  step: z.string(),
  statement: z.int().nullable().describe('That began it, by its position in the step; null of a command'),
  relation: z.string().describe('A partition, an index or TOAST by the table that it belongs to'),
  mode: z.string().describe('The strongest lock in that time'),
  stopped: z.enum(['all', 'writes']).describe('`all`: reads too'),
  longestMs: z
    .number()
    .nonnegative()
    .describe('The longest time that the step stopped it in one, waiting for its lock or holding it'),
  scripts: z
    .array(z.object({ version: z.string(), script: z.string(), requests: count }))
    .describe('Whose requests for it were due or in flight in that time'),
  hadWait: z.boolean().describe('A session of the app was seen to wait for it'),
  isUncovered: z.boolean().describe('The check `coverage` tells of it'),
});
