import { countedRegressions } from '../../history/compare/diff.ts';
import { regressionsOf } from '../../history/compare/regression.ts';
import { knownRuns } from '../../history/lines/known-runs.ts';
import { regressionLine } from '../../history/render/diff-text.ts';
import type { NightOutcome } from '../../nightly/outcome.ts';
import type { CliContext } from '../context.ts';

/** Each against the nights before it; what regressed or may have is said, and what has a budget for it counts. */
export async function withRegressions(
  outcomes: readonly NightOutcome[],
  outDir: string,
  { out }: CliContext,
): Promise<NightOutcome[]> {
  const { runs, problems } = await knownRuns(outDir);
  for (const problem of problems) out.note(problem);
  return outcomes.map((outcome) => {
    const after = runs.find(({ runId }) => runId === outcome.runId);
    if (after === undefined) return outcome;
    const regressions = regressionsOf(runs, after);
    for (const line of regressions.flatMap(regressionLine)) out.note(`${outcome.rehearsal}: ${line}`);
    return { ...outcome, regressions: countedRegressions({ after, regressions }).length };
  });
}
