import { advise } from '../advice.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { behindWhom } from '../stops/behind.ts';
import type { Check, CheckFinding } from '../check.ts';
import { stops, type Stop } from '../stops/stops.ts';
import { listed, stepTitle } from '../wording.ts';

export const blockedSeconds: Check = {
  id: 'blockedSeconds',
  title: "The app's sessions were not blocked longer than the budget allows",
  failureTitle: "The app's sessions were blocked beyond the budget",
  needs: ['steps', 'waits'],
  unit: 's',
  budget: 'blockedSeconds',
  run(analysis, { blockedSeconds: budget }) {
    const blocking = stops(analysis).map((stop) => ({ stop, seconds: secondsOf(stop) }));
    const measured = blocking.reduce((sum, { seconds }) => sum + seconds, 0);
    const worst = blocking.toSorted((a, b) => b.seconds - a.seconds)[0];
    if (budget === undefined || measured <= budget || worst === undefined) return { measured, findings: [] };
    const finding: CheckFinding = {
      status: 'fail',
      step: worst.stop.step.run.planned.name,
      statement: worst.stop.statement?.record.index ?? null,
      measured,
      budget,
      message: message(worst.stop, worst.seconds, measured, budget) + itself(worst.stop, analysis),
      ...advise(
        worst.stop,
        analysis,
        worst.stop.blockingWaitMs > worst.stop.blockingHoldMs ? 'wait' : 'hold',
      ),
      hurt: { ...worst.stop.victims, ms: worst.stop.longestAppWaitMs },
    };
    return { measured, findings: [finding] };
  },
};

/** Where it stopped them by waiting: for whom. */
function itself(stop: Stop, { company }: Analysis): string {
  const { names } = behindWhom(stop, company);
  if (stop.blockingWaitMs <= stop.blockingHoldMs || names.length === 0) return '';
  return ` It waited itself, behind ${listed(names)}.`;
}

function secondsOf({ statement, step }: Stop): number {
  return (statement?.blocked ?? step.blocked).sessionSeconds;
}

function message(worst: Stop, seconds: number, measured: number, budget: number): string {
  const { peak } = worst.statement?.blocked ?? worst.step.blocked;
  return (
    `The app's sessions stood blocked behind the migration for ${measured.toFixed(1)} session-seconds (budget ${budget}): ` +
    `${seconds.toFixed(1)} of them behind ${stepTitle(worst.step.run).replace('Step', 'step')}, up to ${peak} sessions at once.`
  );
}
