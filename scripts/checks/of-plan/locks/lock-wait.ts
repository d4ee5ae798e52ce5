import { formatMs } from '../../../shared/text/format.ts';
import { advise } from '../../advice.ts';
import type { Analysis } from '../../analysis/analyse.ts';
import { behindSentence } from './blocked-by.ts';
import { behindWhom } from '../../stops/behind.ts';
import type { Check, CheckFinding } from '../../check.ts';
import { keptByPrepared } from '../../stops/kept-by-prepared.ts';
import { bySent, stops, type Stop } from '../../stops/stops.ts';
import { budgetMs, listed, stepTitle, victimsPhrase } from '../../wording.ts';

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
          message:
            message(stop, measured, budget ?? 0, isQueue ? behindWhom(stop, analysis.company).names : null) +
            (isQueue ? queueBegan(stop, analysis) : '') +
            keptByPrepared(stop, analysis),
          ...advise(stop, analysis, isQueue ? 'wait' : 'hold'),
          hurt: { ...stop.victims, ms: measured },
        };
      }),
    };
  },
};

/** ` The queue began with psql, idle in transaction …` */
function queueBegan({ statement, step }: Stop, analysis: Analysis): string {
  const blockers = statement?.blockers ?? step.outside?.blockers ?? [];
  const waits = statement?.tries.flatMap((one) => one.waits) ?? step.outside?.waits ?? [];
  const endMs = Math.max(...waits.map(({ toMs }) => toMs));
  const behind = behindSentence(blockers, endMs, analysis);
  return behind === '' || blockers.every(({ state }) => state === null) ? '' : ` It stood${behind.slice(1)}.`;
}

/** The app's own wait behind it, or its wait in the queue when whoever came later had to wait behind it. */
function longestWaitMs({ longestAppWaitMs, blockingWaitMs }: Stop): number {
  return Math.max(longestAppWaitMs, blockingWaitMs);
}

/** @param behindNames whom the queue began with; null = it stopped others by what it held */
function message(
  stop: Stop,
  measured: number,
  budget: number,
  behindNames: readonly string[] | null,
): string {
  const who = stepTitle(stop.step.run);
  const victims = victimsPhrase(stop.victims);
  if (behindNames === null)
    return `${who} stopped ${stop.where} for ${formatMs(measured)}${bySent(stop)} ${budgetMs(budget)}: ${victims}.`;
  const behind = behindNames.length === 0 ? '' : ` behind ${listed(behindNames)}`;
  return (
    `${who} waited ${formatMs(stop.blockingWaitMs)} for ${stop.where}${bySent(stop)}${behind} ${budgetMs(budget)}, ` +
    `and all who came after it waited too: ${victims}.`
  );
}
