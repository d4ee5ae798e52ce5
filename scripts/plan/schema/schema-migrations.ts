import { z } from 'zod';
import { common, stepsSchema } from './schema-steps.ts';
import { path, words } from './fields.ts';

/** A plan that is what a folder of migrations has beyond something that is known. */
export const migrationsSchema = z
  .strictObject({
    migrations: path('a folder', '../../prisma/migrations').describe(
      'The folder of a [migration tool](tools.md), whose order and transactions count.',
    ),
    since: words('a git ref, or ledger', 'origin/main')
      .exactOptional()
      .describe(
        'Which of them are the plan: those that the merge base with this git ref does not have, or, by the word `ledger`, those that the snapshot’s own table of migrations lacks. `rehearse run --since` wins over it.',
      ),
    lockTimeout: common.lockTimeout,
    statementTimeout: common.statementTimeout,
    retries: common.retries,
    retryPause: common.retryPause,
  })
  .meta({ title: 'migrations' });

export type MigrationsConfig = z.infer<typeof migrationsSchema>;

export const planSchema = z.union([stepsSchema, migrationsSchema], {
  error: '{value} is not a list of steps',
});
