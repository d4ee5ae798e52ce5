import { knownRuns } from '../../history/lines/known-runs.ts';
import type { NightOutcome } from '../../nightly/outcome.ts';
import { newsOf } from '../../nightly/tell/news.ts';
import { tell } from '../../nightly/tell/tell.ts';
import { sleep } from '../../shared/clock.ts';
import { RehearsalError } from '../../shared/errors.ts';
import type { CliContext } from '../context.ts';

const WHEN = ['changes', 'always', 'never'];

/** @throws USAGE */
export function requireTelling(when: string): void {
  if (WHEN.includes(when)) return;
  throw new RehearsalError('USAGE', `--tell ${when} is none of ${WHEN.join(', ')}`, {
    hint: 'leave it out: what changed is told',
  });
}

/** Tells the webhook of the environment, if there is one, and says how that went. */
export async function tellNews(
  outcomes: readonly NightOutcome[],
  { outDir, when }: { readonly outDir: string; readonly when: string },
  { io, out }: Pick<CliContext, 'io' | 'out'>,
): Promise<void> {
  if (when === 'never') return;
  const { runs } = await knownRuns(outDir);
  const news = newsOf(outcomes, runs, { all: when === 'always' });
  const said = await tell(news, { env: io.env, fetch: globalThis.fetch, sleep });
  if (said !== undefined) out.note(said);
}
