import { z } from 'zod';
import { STRATEGIES } from './strategies.ts';

/* The part of result.json about a run that plays its plan more than once. */

const verdict = z.enum(['pass', 'fail', 'inconclusive']);
const index = z.int().positive();

const figureSchema = z.object({
  id: z.string(),
  title: z.string(),
  unit: z.string(),
  budget: z.number().nullable(),
  better: z.enum(['lower', 'higher']).optional().describe('Absent in older results'),
  median: z.number(),
  min: z.number(),
  max: z.number(),
  values: z.array(z.number()).describe('One a repetition, in order'),
});

const scenarioSchema = z.object({
  name: z.string(),
  verdict,
  isStable: z.boolean().describe('All its repetitions were played and came to this verdict'),
  planned: index,
  verdicts: z.object({
    pass: z.int().nonnegative(),
    fail: z.int().nonnegative(),
    inconclusive: z.int().nonnegative(),
  }),
  headline: z.string().describe('Of its worst repetition'),
  figures: z.array(figureSchema),
});

export const playingsSchema = z.object({
  shown: index.describe('The playing whose figures stand in the rest of this document'),
  scenarios: z.array(scenarioSchema).describe('In the order of the rehearsal'),
  played: z.array(
    z.object({
      index,
      scenario: z.string(),
      plan: z.string().optional().describe('Which of the rehearsal’s plans; absent where it has one'),
      repetition: index,
      verdict: verdict.nullable().describe('Null where it was not played'),
      path: z.string().describe('Its folder below that of the run'),
    }),
  ),
  ways: z
    .array(
      z.object({
        plan: z.string(),
        strategy: z.enum(STRATEGIES).describe('What the plan is by its steps'),
        verdict: verdict.describe('The worst of all its playings'),
        downtimeMs: z.number().nonnegative().describe('How long it has the app off'),
        versionsNeeded: index.optional().describe('Versions of the app, the one before it included'),
        stepsByHand: z.int().nonnegative().optional().describe('All steps but the soaks'),
        wayBackUntil: z
          .string()
          .nullable()
          .optional()
          .describe(
            'The last step behind which it can be taken back; null = behind none. Absent in older results',
          ),
        isWayBackPlayed: z
          .boolean()
          .optional()
          .describe('So it was found; false = nobody went back, and so the plan says by its pointOfNoReturn'),
      }),
    )
    .optional()
    .describe('The plans of the rehearsal, where several were played'),
  advice: z
    .object({ plan: z.string().nullable().describe('Null where none can be taken'), sentence: z.string() })
    .optional()
    .describe('Which of the plans to take, by the rule of docs/plans.md'),
});

export type Playings = z.infer<typeof playingsSchema>;
export type ScenarioResult = Playings['scenarios'][number];
export type FigureSpread = ScenarioResult['figures'][number];
