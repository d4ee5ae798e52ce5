import type { Leftover } from '../../infra/targets/target.ts';
import { EXIT } from '../shared/errors.ts';
import { examples, type AddVerb, type CliContext } from './context.ts';
import * as leftovers from './leftovers.ts';
import { hasExpired, isDead, leftoverRecord } from './leftovers.ts';

interface ReapOptions {
  readonly execute?: true;
  readonly json?: true;
}

export const addReap: AddVerb = (program, context, finish) => {
  program
    .command('reap')
    .description('remove what dead runs left behind; what is still in use is shown and left')
    .option('--execute', 'also remove what has expired although its owner seems alive')
    .option('--json', 'print the outcome as one JSON document')
    .addHelpText('after', examples('reap', 'reap --execute', 'reap --json'))
    .action(async (options: ReapOptions) => {
      finish(await reap(options, context));
    });
};

/** Looks, removes, and looks again. The two looks and the removal can be others, for a test. */
export async function reap(
  { execute, json }: ReapOptions,
  { out }: CliContext,
  { sweepAll, removeAll }: Pick<typeof leftovers, 'sweepAll' | 'removeAll'> = leftovers,
): Promise<number> {
  const unwanted = (leftover: Leftover) => isDead(leftover) || hasExpired(leftover, Date.now());
  const found = await sweepAll();
  const wanted = found.filter((leftover) => (execute ? unwanted(leftover) : isDead(leftover)));
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
      out.result(`left     ${leftover.runId}  ${leftover.what}  (${why(leftover)})`);
    if (removed.length + remaining.length === 0) out.result('nothing left behind');
  }
  return unwantedLeft.length === 0 ? EXIT.ok : EXIT.leaked;
}

function why(leftover: Leftover): string {
  if (isDead(leftover)) return 'could not be removed';
  if (hasExpired(leftover, Date.now())) return 'in use, but expired: rehearse reap --execute removes it';
  return leftover.expiresAt === null ? 'in use' : `in use until ${leftover.expiresAt}`;
}
