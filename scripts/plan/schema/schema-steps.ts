import { z } from 'zod';
import {
  choice,
  command as commandText,
  count,
  duration,
  files,
  flag,
  key,
  path,
  positiveDuration,
  positiveMeasure,
  words,
} from './fields.ts';
import { networkSchema } from './schema-commands.ts';
import { MAINTENANCE_ACTIONS, PHASES, STEP_KINDS, type StepKind } from '../model.ts';
import { MOST_RETRIES, RETRIES, RETRY_PAUSE_MS } from '../retry-policy.ts';

export const quietTablesSchema = z
  .array(words('a table', 'public.sessions'))
  .min(1, { error: 'names no table' })
  .meta({ title: 'list of tables', examples: ['[public.sessions]'] });

/** What steps of every kind can say. */
export const common = {
  phase: choice('a phase', PHASES).describe(
    'Part of the release that the step belongs to: `expand`, `deploy`, `backfill`, `switch` or `contract`.',
  ),
  name: words('a name', 'add-column')
    .exactOptional()
    .describe('Name in the report; unique. Without it the step is named after its file or kind.'),
  lockTimeout: duration('2s')
    .exactOptional()
    .describe('`lock_timeout` of the step’s session; proven by SHOW.'),
  statementTimeout: duration('5m')
    .exactOptional()
    .describe('`statement_timeout` of the step’s session; proven by SHOW.'),
  retries: count('a number of retries', 10, { min: 0, max: MOST_RETRIES })
    .prefault(RETRIES)
    .describe('How often a statement or transaction that did not get its locks is tried again.'),
  retryPause: duration('200ms')
    .prefault(`${RETRY_PAUSE_MS}ms`)
    .describe('Pause before the first retry; it doubles with each further one.'),
  rollback: path('a file', 'sql/1-undo.sql').exactOptional().describe('SQL file that undoes the step.'),
  losesRows: z
    .array(words('a table', 'public.sessions'))
    .min(1, { error: 'names no table' })
    .exactOptional()
    .meta({ title: 'list of tables', examples: ['[public.sessions]'] })
    .describe('Tables whose rows the step drops or empties on purpose.'),
  quietTables: quietTablesSchema
    .exactOptional()
    .describe('Tables that truly nobody uses while the step runs: no script has to ask for them.'),
  pointOfNoReturn: flag(true)
    .prefault(false)
    .describe('After this step the release can no longer be rolled back.'),
};

const deploy = z.strictObject({
  to: words('a version name', 'new').describe(
    'The app version that the traffic moves to; one of `load.versions`.',
  ),
  strategy: choice('a strategy', ['rolling', 'blue-green'])
    .prefault('rolling')
    .describe('`rolling` moves the traffic evenly over `over`; `blue-green` moves it at once.'),
  over: duration('20s').prefault('10s').describe('How long a rolling deploy takes.'),
});

const column = words('a column', 'id');
const columns = z
  .union([column, z.array(column).min(1, { error: 'names no column' })], {
    error: ({ input }) =>
      input === undefined
        ? 'missing; write id'
        : '{value} is not a column or a list of columns; write id or [tenant_id, id]',
  })
  .meta({ title: 'text or list of texts', examples: ['id'] })
  .transform((value) => (typeof value === 'string' ? [value] : value));

const backfill = z.strictObject({
  table: words('a table', 'public.customers').describe('The table; may be schema-qualified.'),
  key: columns.describe(
    'The column that the batches go along, or several in the order of their index, such as `[tenant_id, id]`: indexed and never NULL, best the primary key.',
  ),
  set: words('a SET list', 'full_name = name').describe('The SET list of the UPDATE.'),
  where: words('a condition', 'full_name IS NULL')
    .exactOptional()
    .describe('Which rows still need it. Without it: all rows.'),
  batchTarget: positiveDuration('50ms')
    .prefault('50ms')
    .describe('How long a batch should take; its number of rows follows from this.'),
  throttle: z
    .strictObject({
      p99: positiveMeasure('60ms').describe(
        'Pause while the app’s p99 of the last second is above this. Where a pause of 15 s does not help, something else slows the app down: then pauses are as long as batches until it has recovered.',
      ),
    })
    .exactOptional()
    .describe('When to pause between batches.'),
});

/** One schema a kind; the key of the same name decides. */
export const stepSchemas = {
  sql: z
    .strictObject({
      sql: files('sql/1-expand.sql').describe(
        'SQL file, or a list of them, run one after the other in one session.',
      ),
      transaction: choice('a transaction mode', ['as-written', 'single', 'file', 'none'])
        .exactOptional()
        .describe(
          '`as-written`: statement by statement, as psql does. `single`: one transaction around all. `file`: one around each file. `none`: never in a transaction block. Without it: as the migration tool does whose files they are ([tools](tools.md)), else `as-written`.',
        ),
      ...common,
    })
    .meta({ title: 'sql' }),
  command: z
    .strictObject({
      command: commandText('npx prisma migrate deploy').describe(
        'Shell command run in the rehearsal’s folder, with `DATABASE_URL` and `PG*` set.',
      ),
      timeout: positiveDuration('30m').prefault('30m').describe('The command is ended after this time.'),
      touchesDatabase: flag(false)
        .prefault(true)
        .describe(
          'A command that ends without ever having connected to the rehearsed database fails, since it migrated something else or nothing. `false`: it has nothing to do there.',
        ),
      output: choice('what becomes of its output', ['private', 'shown'])
        .prefault('private')
        .describe(
          '`private`: what it writes may quote rows and is kept in `private/` of the run folder. `shown`: the end of it stands in the report if it fails.',
        ),
      network: networkSchema
        .exactOptional()
        .describe('What the command may reach over the network. Without it: as `commands.network` says.'),
      ...common,
    })
    .meta({ title: 'command' }),
  deploy: z
    .strictObject({ deploy: deploy.describe('Move the traffic to another app version.'), ...common })
    .meta({ title: 'deploy' }),
  backfill: z
    .strictObject({ backfill: backfill.describe('Update the rows of a table in batches.'), ...common })
    .meta({ title: 'backfill' }),
  soak: z
    .strictObject({ soak: duration('30s').describe('Only let the traffic run, for this time.'), ...common })
    .meta({ title: 'soak' }),
  verify: z
    .strictObject({
      verify: files('sql/verify.sql').describe(
        'SQL file, or a list of them: each statement must return no rows.',
      ),
      every: positiveDuration('1s')
        .exactOptional()
        .describe(
          'How often the questions are asked while the steps of `through` run: the rows that they find are a line in the chart ([verify](verify.md)). Without it, where there is a `through`: each second.',
        ),
      through: z
        .array(words('the name of a step', 'deploy-dual'), { error: '{value} is not a list of steps' })
        .min(1, { error: 'names no step' })
        .exactOptional()
        .meta({ title: 'list of steps', examples: ['[deploy-dual, fill]'] })
        .describe(
          'Steps of the plan while which the questions are asked again and again; behind the place of this step they must find no rows either.',
        ),
      ...common,
    })
    .meta({ title: 'verify' }),
  maintenance: z
    .strictObject({
      maintenance: choice('one of begin and end', MAINTENANCE_ACTIONS).describe(
        '`begin` takes the app off: requests are turned away until `end` lets it in again ([maintenance](maintenance.md)).',
      ),
      ...common,
    })
    .meta({ title: 'maintenance' }),
} satisfies Record<StepKind, z.ZodType>;

/** What the schema of one kind gives. */
export type ConfigOf<K extends StepKind> = z.infer<(typeof stepSchemas)[K]>;
export type StepConfig = ConfigOf<StepKind>;

/** The one key that decides. */
export function kindOfConfig(config: StepConfig): StepKind {
  const kind = Object.values(STEP_KINDS).find((key) => key in config);
  if (kind === undefined) throw new TypeError('a step of no kind was read');
  return kind;
}

const stepSchema = z.union(Object.values(stepSchemas));

export const stepsSchema = z
  .array(stepSchema, { error: '{value} is not a list of steps' })
  .refine((steps) => steps.length > 0, { error: 'has no step' });

/** The name stands in the report, in files of a run and on the command line. */
const planName = key('a plan’s name of small letters, digits and dashes', /^[a-z][a-z0-9-]{0,39}$/);

export const plansSchema = z
  .record(planName, stepsSchema, {
    error: '{value} is not a map of plans; write { one-shot: [ … ], expand-contract: [ … ] }',
  })
  .refine((plans) => Object.keys(plans).length > 0, { error: 'names no plan' })
  .meta({ title: 'map of lists', examples: ['{ one-shot: [ … ], expand-contract: [ … ] }'] });
