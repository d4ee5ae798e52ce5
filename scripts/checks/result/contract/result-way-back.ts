import { z } from 'zod';
import { CATALOG_DIFFERENCES } from '../../../artifacts/records/of-plan/rollback-records.ts';

/* The part of result.json about playings that go back before the point of no return. */

const ms = z.number().nonnegative();

const differenceSchema = z.object({
  kind: z.string().describe('Such as `column` or `index`'),
  name: z.string(),
  relation: z.string().nullable().describe('What it is part of; null where it stands for itself'),
  how: z.enum(CATALOG_DIFFERENCES).describe('Beside the schema before the plan'),
  what: z.array(z.string()).describe('Of what changed: in which of its facts'),
  step: z.string().describe('The step of the plan that it came from'),
});

export const wayBackSchema = z.object({
  plan: z.string().optional().describe('Which of the rehearsal’s plans; absent where it has one'),
  from: z.string().describe('The step that the plan turned around behind'),
  possible: z.boolean().nullable().describe('Null where it could not be told'),
  reason: z.string().nullable().describe('Why not, or why it could not be told'),
  durationMs: ms.describe('From its first step to the end of its last one'),
  switchBackMs: ms
    .nullable()
    .optional()
    .describe(
      'How long the traffic took to move back to the version before, summed over the deploys that were taken back; null where there was none. Absent in older results',
    ),
  longestStopMs: ms.describe(
    'The longest time that one of its statements stopped the app, by waiting and holding',
  ),
  requestsFailed: z.int().nonnegative().describe('On the way back and in the soak after it'),
  schemaSame: z.boolean().nullable().describe('As before the plan; null where it could not be told'),
  schemaDifferences: z.array(differenceSchema),
  valuesLost: z
    .array(
      z.object({
        table: z.string(),
        column: z
          .string()
          .describe('`*`: whole rows of a table that is gone, or that the version before cannot read'),
        count: z.int().positive().describe('How many; never which'),
        how: z
          .enum(['dropped', 'cut', 'unreadable'])
          .optional()
          .describe(
            'Dropped and nowhere else; cut to what the column was before the plan; or there, and beyond what the column was then. Absent in older results: dropped',
          ),
        was: z
          .string()
          .optional()
          .describe(
            'Of values that are cut or unreadable: what held them before the plan, such as `character varying(20)`, `not null`, an enum, a domain, a CHECK, a unique or a foreign key; or which statement of the version before could read what was there, as `readable by open-order (workload/old/open.sql:3)`',
          ),
        isAtLeast: z
          .literal(true)
          .optional()
          .describe(
            'Only what is sure was counted: an older version may have changed its own column meanwhile, several rows have one key, or keys were left over',
          ),
        since: z
          .string()
          .describe(
            'The deploy since which they were written, or the step that dropped the column in which they stood',
          ),
      }),
    )
    .describe(
      'What was written and is nowhere any more after the way back, or what the version before cannot read',
    ),
  notRead: z
    .string()
    .optional()
    .describe(
      'Which SELECTs of the version before were not asked with the keys of all that the new one wrote, and why; also among `limits`',
    ),
  forwardAgain: z
    .boolean()
    .nullable()
    .describe('The first steps of the plan went through a second time; null where they were not tried'),
});

export const pointOfNoReturnSchema = z.object({
  declared: z.string().nullable().describe('By the plan; null where it has none'),
  found: z
    .string()
    .nullable()
    .describe(
      'The step behind which the way back was not possible; null where none was found before the declared one',
    ),
});

export type WayBackResult = z.infer<typeof wayBackSchema>;
