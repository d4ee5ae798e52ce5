import { formatMs } from '../../shared/text/format.ts';
import type { Check, CheckFinding } from '../check.ts';
import { budgetMs, stepTitle } from '../wording.ts';

export const stepDuration: Check = {
  id: 'stepDuration',
  title: 'No step took longer than the budget allows',
  failureTitle: 'A step took longer than the budget allows',
  needs: ['steps'],
  unit: 'ms',
  budget: 'stepDurationMs',
  run({ steps }, { stepDurationMs: budget }) {
    const all = steps.flatMap(({ run }) => {
      return run.window === null ? [] : [{ run, measured: run.window.toMs - run.window.fromMs }];
    });
    const over = budget === undefined ? [] : all.filter(({ measured }) => measured > budget);
    return {
      measured: all.length === 0 ? null : Math.max(...all.map(({ measured }) => measured)),
      findings: over.map(({ run, measured }): CheckFinding => ({
        status: 'fail',
        step: run.planned.name,
        measured,
        budget: budget ?? null,
        isOnlySlow: true,
        message: `${stepTitle(run)} took ${formatMs(measured)} ${budgetMs(budget ?? 0)}.`,
        hurt: { failed: 0, delayed: 0, ms: measured },
      })),
    };
  },
};
