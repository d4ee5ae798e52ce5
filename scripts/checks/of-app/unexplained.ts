import { HEALTHY_SHARE } from '../../artifacts/capacity.ts';
import type { Budgets } from '../../plan/model.ts';
import { formatCount, formatMs, plural } from '../../shared/text/format.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { isPassive } from '../analysis/disturbances.ts';
import { capacityShare } from '../analysis/traffic/capacity-share.ts';
import type { Stranger } from '../analysis/strangers.ts';
import { planStartMs, stepAt } from '../analysis/step-runs.ts';
import type { Check, CheckFinding } from '../check.ts';
import { explainedBySlowScripts } from '../slower/explained-rows.ts';
import { stepTitle } from '../wording.ts';

/** Share of the requests since the plan began that may be slower than a budget without a reason: what a p99 leaves aside. */
const BEYOND_BUDGET = 0.01;
/** Share that may be delayed against the baseline without a reason. */
const DELAYED = 0.05;
/** Fewer than these say nothing. */
const LEAST_REQUESTS = 20;
/** A wait behind a stranger that is not worth a word, where no budget says what is. */
const SHORT_WAIT_MS = 100;

/** Nothing that hurt the app may end as a pass because nobody could be charged with it. */
export const unexplained: Check = {
  id: 'unexplained',
  title: 'Everything that hurt the app had a known cause',
  failureTitle: 'The app was hurt, and nobody could be named for it',
  needs: ['requests', 'steps', 'waits'],
  unit: '%',
  budget: null,
  run(analysis, budgets) {
    const { delayed, evidence, steps } = analysis;
    const startMs = planStartMs(steps.map(({ run }) => run));
    if (delayed === null || evidence.requests === undefined || startMs === undefined)
      return { measured: null, findings: strangerFindings(analysis, budgets) };
    const { intendedMs, endMs, count } = evidence.requests;
    let all = 0;
    for (let row = 0; row < count; row++) if ((endMs[row] ?? 0) >= startMs) all += 1;
    const isExplained = explainedBySlowScripts(analysis);
    const rows = unexplainedRows(analysis).filter((row) => (endMs[row] ?? 0) >= startMs && !isExplained(row));
    const limitMs = latencyLimitMs(budgets);
    const beyond = rows.filter((row) => (endMs[row] ?? 0) - (intendedMs[row] ?? 0) > limitMs);
    const measured = all === 0 ? 0 : (rows.length / all) * 100;
    const facts = { rows, beyond, all, limitMs };
    return {
      measured,
      findings: [...delays(facts, analysis, budgets), ...strangerFindings(analysis, budgets)],
    };
  },
};

/** The longest that a budget lets a request take; a lock's budget is one of a request that waits for it. */
function latencyLimitMs({ p99Ms, lockWaitMs }: Budgets): number {
  return Math.min(p99Ms ?? Infinity, lockWaitMs ?? Infinity);
}

/** Near its limits an app is slow by itself: there, to have run beside a statement explains nothing. */
function unexplainedRows({ delayed, evidence }: Analysis): readonly number[] {
  if (delayed === null) return [];
  if ((capacityShare(evidence) ?? 0) <= HEALTHY_SHARE) return delayed.unexplained;
  return [...delayed.unexplained, ...[...delayed.causeOf.keys()].filter((row) => !delayed.waited.has(row))];
}

interface DelayFacts {
  readonly rows: readonly number[];
  readonly beyond: readonly number[];
  readonly all: number;
  readonly limitMs: number;
}

function delays(
  { rows, beyond, all, limitMs }: DelayFacts,
  { evidence, steps }: Analysis,
  budgets: Budgets,
): CheckFinding[] {
  const isBeyond = beyond.length >= LEAST_REQUESTS && beyond.length > all * BEYOND_BUDGET;
  const isMany = rows.length >= LEAST_REQUESTS && rows.length > all * DELAYED;
  if (!isBeyond && !isMany) return [];
  const told = isBeyond ? beyond : rows;
  const firstMs = Math.min(
    ...told.slice(0, 1000).map((row) => evidence.requests?.intendedMs[row] ?? Infinity),
  );
  const runs = steps.map(({ run }) => run);
  const at = stepAt(runs, firstMs);
  const before = runs.findLast((run) => {
    return run.window !== null && run.window.fromMs <= firstMs && !isPassive(run);
  });
  const since = before ?? at;
  const where = since === null ? '' : `, from ${stepTitle(since).replace('Step', 'step')} on`;
  const what = isBeyond ? `took longer than ${formatMs(limitMs)}, which a budget allows` : 'were delayed';
  return [
    {
      status: isBeyond || budgets.p99Ms === undefined ? 'inconclusive' : 'warn',
      step: since?.planned.name ?? null,
      measured: (told.length / all) * 100,
      message:
        `${plural(told.length, 'request')} of ${formatCount(all)} ${what}${where}, and waited for nothing of the plan: ` +
        'whether the plan is to blame is not known.',
      advice:
        'Rehearse again with less load or on a quieter machine. If it stays, compare the plans of the slow scripts before and after the step.',
      hurt: { failed: 0, delayed: told.length, ms: 0 },
    },
  ];
}

function strangerFindings({ strangers, steps }: Analysis, { lockWaitMs }: Budgets): CheckFinding[] {
  const limitMs = lockWaitMs ?? SHORT_WAIT_MS;
  return strangers
    .filter(({ longestMs }) => longestMs > Math.min(limitMs, SHORT_WAIT_MS))
    .map((stranger): CheckFinding => {
      const step = stepAt(
        steps.map(({ run }) => run),
        stranger.fromMs,
      );
      return {
        status: stranger.longestMs > limitMs ? 'inconclusive' : 'warn',
        step: step?.planned.name ?? null,
        message: strangerMessage(stranger),
        hurt: { failed: 0, delayed: stranger.sessions, ms: stranger.longestMs },
      };
    });
}

function strangerMessage({ name, state, query, sessions, longestMs }: Stranger): string {
  const who =
    name === null ? 'a session that nobody knows' : `a session that nobody knows (it calls itself ${name})`;
  const did = [state, query].filter((part) => part !== null).join(': ');
  return `${plural(sessions, 'session')} of the app waited up to ${formatMs(longestMs)} behind ${who}${did === '' ? '' : `, ${did}`}.`;
}
