import type { Leftover } from '../../infra/targets/target.ts';
import { EXIT } from '../shared/errors.ts';
import { examples, type AddVerb, type CliContext } from './context.ts';
import * as leftovers from './leftovers.ts';
import { hasExpired, isDead, leftoverRecord } from './leftovers.ts';

interface ReapOptions {
  readonly execute?: true;
  readonly run?: string;
  readonly json?: true;
}

export const addReap: AddVerb = (program, context, finish) => {
  program
    .command('reap')
    .description('show what dead runs left behind, and remove it')
    .option('--execute', 'remove hosts and their networks too, and what has expired though it seems in use')
    .option('--run <id>', 'look at this run only; with --execute remove it even while it is in use')
    .option('--json', 'print the outcome as one JSON document')
    .addHelpText(
      'after',
      examples('reap', 'reap --execute', 'reap --run my-change-20261122-120000-0a1b --execute'),
    )
    .action(async (options: ReapOptions) => {
      finish(await reap(options, context));
    });
};

/**
 * Looks, removes, and looks again. Plain processes and folders of a dead run go at once, hosts only with `execute`.
 * The two looks and the removal can be others, for a test.
 */
export async function reap(
  { execute, run, json }: ReapOptions,
  { out }: CliContext,
  { sweepAll: sweepAllRuns, removeAll }: Pick<typeof leftovers, 'sweepAll' | 'removeAll'> = leftovers,
): Promise<number> {
  const unwanted = (leftover: Leftover) =>
    isDead(leftover) || hasExpired(leftover, Date.now()) || (run !== undefined && execute === true);
  const sweepAll = async () =>
    (await sweepAllRuns()).filter(({ runId }) => run === undefined || runId === run);
  const found = await sweepAll();
  const wanted = found.filter((leftover) =>
    execute ? unwanted(leftover) : isDead(leftover) && leftover.confirm !== true,
  );
  for (const failure of await removeAll(wanted)) out.problem(failure);
  // What a removal says is one thing, what a second look finds is another.
  const remaining = wanted.length === 0 ? found : await sweepAll();
  const removed = wanted.filter(
    ({ what, runId }) => !remaining.some((left) => left.what === what && left.runId === runId),
  );
  const unwantedLeft = remaining.filter(unwanted);
  if (json) {
    out.document({
      schemaVersion: 1,
      removed: removed.map(leftoverRecord),
      remaining: remaining.map(leftoverRecord),
    });
  } else {
    for (const { runId, what } of removed) out.result(`removed  ${runId}  ${what}`);
    for (const leftover of remaining)
      out.result(`left     ${leftover.runId}  ${leftover.what}  (${why(leftover, execute === true)})`);
    if (removed.length + remaining.length === 0) out.result('nothing left behind');
  }
  return unwantedLeft.length === 0 ? EXIT.ok : EXIT.leaked;
}

function why(leftover: Leftover, execute: boolean): string {
  if (isDead(leftover)) {
    return leftover.confirm && !execute
      ? 'its run is dead: rehearse reap --execute removes it'
      : 'could not be removed';
  }
  if (hasExpired(leftover, Date.now())) return 'in use, but expired: rehearse reap --execute removes it';
  return leftover.expiresAt === null ? 'in use' : `in use until ${leftover.expiresAt}`;
}
