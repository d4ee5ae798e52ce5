import { z } from 'zod';
import { choice, files, key, positiveDuration, words } from './fields.ts';
import { ACTOR_KINDS, CUTS } from '../model.ts';

/** An application_name holds 63 bytes, and an actor shows up in it as `rehearse/actor/<name>`. */
const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const actorName = key('an actor’s name of small letters, digits and dashes', NAME);
const scenarioName = key('a scenario’s name of small letters, digits and dashes', NAME);
export const actorKind = choice('a kind of actor', ACTOR_KINDS);
export const actorWord = words('the name or kind of an actor', 'long-reader');

export const actorSchema = z.strictObject({
  kind: actorKind.describe('What it does; docs/actors.md tells it for each.'),
  table: words('a table', 'public.payments')
    .exactOptional()
    .describe('The table that it works on. Without it: the one that the plan changes.'),
  at: words('the name of a step', 'require-currency')
    .exactOptional()
    .describe(
      'The step that it begins shortly before. Without it: the first `sql` or `command` step for those that keep a lock, else the first step.',
    ),
  for: positiveDuration('20s')
    .exactOptional()
    .describe(
      'How long it goes on, at most to the end of the plan. Without it: 3 minutes for those that keep a lock, else to the end of the plan.',
    ),
});

/** Lists come first: schema-issues.ts tells the mistakes of the form that the author chose. */
export const actorsSchema = z
  .union([z.array(actorKind), z.record(actorName, actorSchema)], {
    error: '{value} is not a map of actors or a list of kinds; write { month-report: { kind: long-reader } }',
  })
  .meta({ title: 'map or list of kinds' })
  .describe(
    'Who else works on the database while the plan runs: a name for each, as in `{ month-report: { kind: long-reader } }`, or a list of kinds, as in `[dump, churn]`.',
  );

const backFrom = choice('where the way back begins', ['last', 'each']);
const stepNames = z
  .array(words('the name of a step', 'add-column'), { error: '{value} is not a list of steps' })
  .min(1, { error: 'names no step' });
const from = z
  .union([backFrom, stepNames], {
    error: '{value} is not where the way back begins; write each, last or [add-column]',
  })
  .describe(
    'As above, or the steps behind each of which the way back begins, one playing each. Without it: `last`.',
  );
const afterIt = {
  from: from.exactOptional(),
  verify: files('sql/old-shape-whole.sql')
    .exactOptional()
    .describe(
      'SQL file, or a list of them, asked when the plan has gone back: each statement must return no rows.',
    ),
};
const wayBack = z.strictObject(afterIt).refine((map) => Object.keys(map).length > 0, {
  error: 'says nothing; write each, last or { from: [add-column] }',
});
const cutOff = {
  steps: stepNames
    .exactOptional()
    .describe('The steps that are cut off. Without it: every `sql`, `command` and `backfill` step.'),
  how: z
    .array(choice('a way to cut a step off', CUTS), {
      error: '{value} is not a list; write [session, client, server]',
    })
    .min(1, { error: 'names no way; write [session, client, server]' })
    .exactOptional()
    .describe(
      'In which ways, one playing each: `session` ends the backend, `client` takes the connection away while the server goes on, `server` crashes the server, which recovers. Without it: all.',
    ),
};
const interruption = z.strictObject(cutOff);
/** What a scenario that is not only of actors says; which key belongs to which is told by who reads it. */
const ownMap = z.strictObject({ ...afterIt, ...cutOff });
const NOT_ROLLBACK = '{value} is not where the way back begins; write each, last or { from: [add-column] }';

/** Of each union schema-issues.ts knows by its place which form the author chose. */
export const scenarioMap = z
  .strictObject({
    interrupted: interruption
      .exactOptional()
      .describe('Steps are [cut off](interruption.md) in their middle and run again.'),
    rollback: z
      .union([backFrom, wayBack], { error: NOT_ROLLBACK })
      .exactOptional()
      .describe(
        'The plan turns around before its point of no return: `last` behind the last step before it, `each` behind each step that changes something, `{ from: [step] }` behind those. With `verify` it is asked what has to be true then.',
      ),
  })
  .refine((item) => Object.keys(item).length > 0, {
    error: 'names no scenario; write quiet',
    when: ({ issues }) => issues.length === 0,
  });
export const ownScenario = z.union([z.array(actorWord), ownMap, backFrom], { error: notActors });

export const scenariosSchema = z
  .union(
    [
      z.array(z.union([actorWord, scenarioMap], { error: '{value} is not a scenario; write quiet' })),
      z.record(scenarioName, ownScenario),
    ],
    { error: '{value} is not a list of scenarios or a map; write [quiet, company]' },
  )
  .meta({
    title: 'list or map',
    examples: ['[quiet, rollback]', '[quiet, { rollback: each }]', '[quiet, interrupted]'],
  })
  .describe(
    'In whose company the plan is rehearsed, one after the other: `quiet` (nobody), `company` (all of `load.actors`), `rollback` (nobody, and the plan [goes back](rollback.md) before its point of no return), `interrupted` (nobody, and steps are [cut off](interruption.md) and run again), an actor, or a kind; or names of your own, each with its actors. Without it: `quiet`, and `company` where there are actors.',
  );

export type ActorsConfig = z.infer<typeof actorsSchema>;
export type ScenariosConfig = z.infer<typeof scenariosSchema>;
/** Where the way back begins. */
export type BackFromConfig = NonNullable<z.infer<typeof scenarioMap>['rollback']>;
export type InterruptionConfig = z.infer<typeof interruption>;
export type ScenarioItem = string | z.infer<typeof scenarioMap>;
export type OwnScenarioConfig = z.infer<typeof ownScenario>;

function notActors(): string {
  return '{value} is not a list of actors; write [long-reader], or [] for nobody';
}
