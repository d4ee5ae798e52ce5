import { EXIT } from '../shared/errors.ts';

/** How one rehearsal of a night ended. */
export interface NightOutcome {
  readonly rehearsal: string;
  /** As `rehearse run` ends; null where a signal ended it, or where it was never started. */
  readonly exitCode: number | null;
  /** False where the time was over before. */
  readonly wasStarted: boolean;
  readonly durationMs: number;
  /** Null where it left no line in the history. */
  readonly runId: string | null;
  /** In a few words. */
  readonly headline: string;
  /** How many figures regressed beyond the rehearsal's budget for it. */
  readonly regressions: number;
  /** Whose hosts it had, after how many others; absent = hosts of its own. */
  readonly shared?: { readonly id: string; readonly position: number; readonly of: number };
}

const WORD: Readonly<Record<number, string>> = {
  [EXIT.ok]: 'pass',
  [EXIT.internal]: 'bug in the tool',
  [EXIT.usage]: 'configuration',
  [EXIT.infra]: 'infrastructure',
  [EXIT.failed]: 'fail',
  [EXIT.inconclusive]: 'inconclusive',
  [EXIT.leaked]: 'left behind',
  [EXIT.interrupted]: 'interrupted',
};

/** Worst first. What may remain wins over all, as in a single run. */
const WORST_FIRST = [
  EXIT.leaked,
  EXIT.interrupted,
  EXIT.internal,
  EXIT.failed,
  EXIT.infra,
  EXIT.usage,
  EXIT.inconclusive,
  EXIT.ok,
];

/** `killed`: a signal ended it. `regressed`: it passed, and is slower than its budget for that allows. */
export function outcomeWord({ exitCode, wasStarted, regressions }: NightOutcome): string {
  if (!wasStarted) return 'not started';
  if (exitCode === null) return 'killed';
  if (exitCode === EXIT.ok && regressions > 0) return 'regressed';
  return WORD[exitCode] ?? `exit ${exitCode}`;
}

/** The exit code of one of them: what was killed or never started has told nothing, and that is not good. */
function exitOf(outcome: NightOutcome): number {
  const { exitCode, regressions } = outcome;
  if (exitCode === null) return EXIT.infra;
  return exitCode === EXIT.ok && regressions > 0 ? EXIT.failed : exitCode;
}

/** The worst of a night. */
export function worstExit(outcomes: readonly NightOutcome[]): number {
  const codes = new Set(outcomes.map(exitOf));
  return WORST_FIRST.find((code) => codes.has(code)) ?? [...codes][0] ?? EXIT.ok;
}
