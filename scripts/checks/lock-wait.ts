import { formatMs } from '../shared/format.ts';
import { advise } from './advice.ts';
import type { Check, CheckFinding } from './check.ts';
import { stops, type Stop } from './stops.ts';
import { budgetMs, listed, roleName, stepTitle, victimsPhrase } from './wording.ts';

export const lockWait: Check = {
  id: 'lockWait',
  title: 'No single wait for a lock went over its budget',
  failureTitle: 'A lock made somebody wait beyond the budget',
  needs: ['steps', 'waits'],
  unit: 'ms',
  budget: 'lockWaitMs',
  run(analysis, { lockWaitMs: budget }) {
    const all = stops(analysis).map((stop) => ({ stop, measured: longestWaitMs(stop) }));
    const over = budget === undefined ? [] : all.filter(({ measured }) => measured > budget);
    return {
      measured: Math.max(0, ...all.map(({ measured }) => measured)),
      findings: over.map(({ stop, measured }): CheckFinding => {
        const isQueue = stop.blockingWaitMs > measured / 2;
        return {
          status: 'fail',
          step: stop.step.run.planned.name,
          statement: stop.statement?.record.index ?? null,
          measured,
          budget: budget ?? null,
          message: message(stop, measured, budget ?? 0, isQueue),
          ...advise(stop, analysis, isQueue ? 'wait' : 'hold'),
          hurt: { ...stop.victims, ms: measured },
        };
      }),
    };
  },
};

/** The app's own wait behind it, or its wait in the queue when whoever came later had to wait behind it. */
function longestWaitMs({ longestAppWaitMs, blockingWaitMs }: Stop): number {
  return Math.max(longestAppWaitMs, blockingWaitMs);
}

function rootsOf({ step }: Stop): string[] {
  return (step.outside?.blockers ?? []).filter(({ isRoot }) => isRoot).map(({ role }) => role);
}

function message(stop: Stop, measured: number, budget: number, isQueue: boolean): string {
  const who = stepTitle(stop.step.run);
  const victims = victimsPhrase(stop.victims);
  if (!isQueue)
    return `${who} stopped ${stop.where} for ${formatMs(measured)} ${budgetMs(budget)}: ${victims}.`;
  const roles = [...new Set((stop.statement?.blockedBy ?? rootsOf(stop)).map(roleName))];
  const behind = roles.length === 0 ? '' : ` behind ${listed(roles)}`;
  return (
    `${who} waited ${formatMs(stop.blockingWaitMs)} for ${stop.where}${behind} ${budgetMs(budget)}, ` +
    `and all who came after it waited too: ${victims}.`
  );
}
