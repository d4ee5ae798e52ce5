import type { RunLine } from '../../history/lines/history-line.ts';
import { outcomeWord, type NightOutcome } from '../outcome.ts';

/** What a night has to say of one rehearsal. */
export interface News {
  readonly rehearsal: string;
  readonly verdict: string;
  /** Of the run before; null where there was none. */
  readonly previous: string | null;
  readonly runId: string | null;
  readonly headline: string;
}

/** Words of a run that told nothing, whatever kept it. */
const NOTHING = 'nothing ran';
const JUDGED: ReadonlySet<string> = new Set(['pass', 'fail', 'inconclusive', 'regressed']);

/**
 * What is not as it was: another verdict than the run before, or a first one that does not pass.
 * @param all also what is as it was
 */
export function newsOf(
  outcomes: readonly NightOutcome[],
  runs: readonly RunLine[],
  { all }: { readonly all: boolean },
): News[] {
  return outcomes.flatMap((outcome) => {
    const { rehearsal, runId, headline } = outcome;
    const verdict = outcomeWord(outcome);
    const before = runs.findLast(
      (run) => run.rehearsal === rehearsal && run.runId !== runId && isBefore(run, runId, runs),
    );
    const previous = before === undefined ? null : (before.verdict ?? NOTHING);
    const now = JUDGED.has(verdict) ? verdict : NOTHING;
    const isNew = previous === null ? now !== 'pass' : now !== previous;
    return all || isNew ? [{ rehearsal, verdict, previous, runId, headline }] : [];
  });
}

function isBefore(run: RunLine, runId: string | null, runs: readonly RunLine[]): boolean {
  const own = runs.find((other) => other.runId === runId);
  return own === undefined || run.startedAt < own.startedAt;
}
