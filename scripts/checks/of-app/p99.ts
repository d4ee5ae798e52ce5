import { formatMs, plural } from '../../shared/text/format.ts';
import { advise, delayedByLocks } from '../advice.ts';
import type { Analysis, StepAnalysis } from '../analysis/analyse.ts';
import type { Latency } from '../analysis/traffic/percentiles.ts';
import type { Check, CheckFinding } from '../check.ts';
import { isPassive } from '../analysis/disturbances.ts';
import type { SlowScript } from '../analysis/slower/slow-scripts.ts';
import { slowBehind } from '../slower/over-budget.ts';
import { adviceOf, figuresOf, statementOf, whyOf } from '../slower/told.ts';
import { stops, type Stop } from '../stops/stops.ts';
import { budgetMs, stepTitle } from '../wording.ts';

/** Below this many requests a p99 is the slowest one or two of them. */
const SMALL_SAMPLE = 100;

export const p99: Check = {
  id: 'p99',
  title: "The app's p99 stayed within its budget in every step",
  failureTitle: "The app's p99 went over its budget",
  needs: ['requests', 'steps'],
  unit: 'ms',
  budget: 'p99Ms',
  run(analysis, { p99Ms: budget }) {
    const all = analysis.steps.flatMap((step) =>
      step.latency === null || step.latency.requests === 0 ? [] : [{ step, latency: step.latency }],
    );
    const over = budget === undefined ? [] : all.filter(({ latency }) => latency.p99Ms > budget);
    return {
      measured: all.length === 0 ? null : Math.max(...all.map(({ latency }) => latency.p99Ms)),
      findings: onceByScript(over, analysis, budget ?? 0).map(({ step, latency, slow }): CheckFinding => {
        if (slow !== undefined) return ofScript(slow, step, latency, budget ?? 0);
        const blamed = causeOf(step, analysis);
        const worst = worstStop(analysis, blamed);
        const byLocks = worst !== undefined && delayedByLocks(worst, analysis);
        const wasOver = baselineOver(latency, byLocks, analysis);
        return {
          status: wasOver ? 'inconclusive' : 'fail',
          isOnlySlow: !byLocks || worst.longestAppWaitMs < LONG_WAIT * (budget ?? 0),
          step: blamed.run.planned.name,
          statement: byLocks ? (worst.statement?.record.index ?? null) : null,
          measured: latency.p99Ms,
          budget: budget ?? null,
          message: message(step, latency, budget ?? 0, analysis) + (wasOver ? WAS_OVER : ''),
          ...(wasOver ? { advice: OWN_BASELINE } : worst && advise(worst, analysis, 'slow')),
          hurt: { failed: 0, delayed: step.victims.delayed, ms: latency.p99Ms },
        };
      }),
    };
  },
};

/** A wait for a lock that is so many budgets long is no doing of a busy machine. */
const LONG_WAIT = 3;
/** What a plan makes of a p99 that is over its budget anyway shows from so many times the baseline on. */
const CLEARLY_MORE = 2;
const WAS_OVER = ' The budget was broken before the plan began, so whether the plan breaks it is not known.';
const OWN_BASELINE =
  'Rehearse where the app alone keeps the budget: on a machine that does nothing else, at a lower load.rate, or with the p99 that the app really has as its budget.';

/** The app was over the budget by itself, and neither locks nor a multiple of that show what the plan added. */
function baselineOver(latency: Latency, byLocks: boolean, { baseline, evidence }: Analysis): boolean {
  const budget = evidence.run.budgets.p99Ms;
  if (baseline === null || budget === undefined || baseline.p99Ms <= budget) return false;
  return !byLocks || latency.p99Ms < CLEARLY_MORE * baseline.p99Ms;
}

/** What delayed most, else what others waited for longest beyond the budget, else what was at work longest. */
function worstStop(analysis: Analysis, blamed: StepAnalysis): Stop | undefined {
  const waitMs = (stop: Stop): number => (delayedByLocks(stop, analysis) ? stop.longestAppWaitMs : 0);
  return stops(analysis)
    .filter(({ step }) => step === blamed)
    .toSorted(
      (a, b) => b.victims.delayed - a.victims.delayed || waitMs(b) - waitMs(a) || lastedMs(b) - lastedMs(a),
    )[0];
}

function lastedMs({ statement }: Stop): number {
  return statement === null ? 0 : statement.record.respondedMs - statement.record.sentMs;
}

interface Over {
  readonly step: StepAnalysis;
  readonly latency: Latency;
}

/** A script that stayed slow is over the budget in each step that follows: told once, where it was worst. */
function onceByScript(
  over: readonly Over[],
  analysis: Analysis,
  budget: number,
): (Over & { slow: SlowScript | undefined })[] {
  const all = over.map((one) => ({ ...one, slow: slowBehind(analysis, one.step, budget) }));
  const worst = all.toSorted((a, b) => b.latency.p99Ms - a.latency.p99Ms);
  return all.filter((one) => one.slow === undefined || worst.find(({ slow }) => slow === one.slow) === one);
}

function ofScript(
  slow: SlowScript,
  { run, victims }: StepAnalysis,
  latency: Latency,
  budget: number,
): CheckFinding {
  const during = run === slow.step ? '' : `, during ${run.planned.name},`;
  return {
    status: 'fail',
    step: slow.step.planned.name,
    statement: statementOf(slow),
    measured: latency.p99Ms,
    budget,
    message:
      `After ${stepTitle(slow.step).replace('Step', 'step')}${during} the app's p99 was ${formatMs(latency.p99Ms)} ${budgetMs(budget)}: ` +
      `${figuresOf(slow)}.${whyOf(slow)}`,
    ...adviceOf(slow),
    hurt: { failed: 0, delayed: Math.max(1, victims.delayed), ms: latency.p99Ms },
  };
}

/** A soak or a verify makes nothing slow: whatever is slow in it has been so since the last step that did something. */
function causeOf(step: StepAnalysis, { steps }: Analysis): StepAnalysis {
  const before = steps.slice(0, steps.indexOf(step) + 1);
  return before.findLast(({ run }) => run.window !== null && !isPassive(run)) ?? step;
}

function message(step: StepAnalysis, latency: Latency, budget: number, analysis: Analysis): string {
  const { baseline } = analysis;
  const blamed = causeOf(step, analysis);
  const who =
    blamed === step
      ? `${stepTitle(step.run)} brought the app's p99 to`
      : `After ${stepTitle(blamed.run).replace('Step', 'step')}, during ${step.run.planned.name}, the app's p99 was`;
  const before = baseline === null ? '' : `, against ${formatMs(baseline.p99Ms)} before the first step`;
  const few = latency.requests < SMALL_SAMPLE ? 'only ' : '';
  return (
    `${who} ${formatMs(latency.p99Ms)} ${budgetMs(budget)}${before} ` +
    `(over ${few}${plural(latency.requests, 'request')}).`
  );
}
