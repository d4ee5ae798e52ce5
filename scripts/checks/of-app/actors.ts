import { formatMs } from '../../shared/text/format.ts';
import type { Interval } from '../../shared/intervals/intervals.ts';
import type { Analysis } from '../analysis/analyse.ts';
import type { Presence } from '../analysis/presence.ts';
import { crashesOnPurpose } from '../analysis/away.ts';
import { actorTitle } from '../stops/behind.ts';
import { NOTHING, type Check, type CheckFinding } from '../check.ts';

export const actors: Check = {
  id: 'actors',
  title: 'Everybody who was to keep the plan company was there',
  failureTitle: 'Somebody who was to keep the plan company was not there',
  warnTitle: 'Somebody who kept the plan company ended with the server',
  needs: [],
  unit: null,
  budget: null,
  run(analysis) {
    const { company } = analysis;
    if (company.length === 0) return { ...NOTHING, isNotJudged: true };
    return {
      measured: company.filter(({ fromMs }) => fromMs !== null).length,
      findings: company.flatMap((presence) => missing(presence, analysis)),
    };
  },
};

/** What the plan was not shown because of one actor. */
function missing(presence: Presence, { steps, evidence }: Analysis): CheckFinding[] {
  const { step, ending } = presence;
  const own = steps.find(({ run }) => run.planned.name === step)?.run;
  // A plan that ended before says so itself.
  if (ending === 'stopped' || (ending === 'absent' && own?.window === null)) return [];
  if (wentWithServer(presence, crashesOnPurpose(evidence.steps))) {
    const stayed = formatMs((presence.toMs ?? 0) - (presence.fromMs ?? 0));
    const message = `The ${actorTitle(presence)} ended with the server, which was crashed on purpose, after ${stayed}. What came later was not rehearsed in its company.`;
    return [{ status: 'warn', step, message }];
  }
  return [
    {
      status: 'inconclusive',
      step,
      message: `The ${actorTitle(presence)} ${whatHappened(presence)}`,
      advice: advice(presence),
    },
  ];
}

/** It hears of the end a moment later than whoever brought it about. */
const HEARS_MS = 1000;

function wentWithServer({ fromMs, toMs, ending }: Presence, crashes: readonly Interval[]): boolean {
  if (ending !== 'failed' || fromMs === null || toMs === null) return false;
  return crashes.some((crash) => toMs >= crash.fromMs && toMs <= crash.toMs + HEARS_MS);
}

function whatHappened({ fromMs, toMs, ending, message }: Presence): string {
  const why = message === null ? '.' : `: ${message}.`;
  if (fromMs === null || toMs === null)
    return ending === 'failed'
      ? `could not start${why} The plan was not rehearsed in its company.`
      : 'left no record of its beginning: whether the plan was rehearsed in its company is not known.';
  const stayed = formatMs(toMs - fromMs);
  return ending === 'failed'
    ? `broke off after ${stayed}${why} What came later was not rehearsed in its company.`
    : `left no record of its end: it was there for ${stayed} at most.`;
}

function advice({ fromMs, ending, actor }: Presence): string {
  if (ending !== 'failed') return 'Rehearse again: the run was cut off.';
  return fromMs === null
    ? `Mend load.actors.${actor}, its table and the step that it begins at, or the rights of the role; then rehearse again.`
    : `See the server's log for what ended the sessions of ${actor}; then rehearse again.`;
}
