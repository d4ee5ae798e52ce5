import type { RunSummary } from '../list-runs.ts';
import type { RunLine } from './history-line.ts';

/** The line of a run that was killed: it had no time to write its own. */
export function lineOfDead(
  { runId, rehearsal, target, startedAt }: Pick<RunSummary, 'runId' | 'rehearsal' | 'target' | 'startedAt'>,
  endedAt: string | null,
): RunLine {
  return {
    schemaVersion: 1,
    kind: 'run',
    runId,
    rehearsal,
    target,
    toolVersion: '',
    startedAt,
    endedAt,
    verdict: null,
    headline: 'killed by a signal',
    findings: [],
    planSha256: '',
    snapshot: null,
    load: null,
    settings: {},
    machine: null,
    postgresVersion: null,
    commit: null,
    branch: null,
    regressionPercent: null,
    figures: [],
  };
}
