import { formatCount, formatMs } from '../../shared/text/format.ts';
import { downtimeMs, maintenanceWindows, offMs } from '../analysis/traffic/maintenance.ts';
import { NOTHING, type Check } from '../check.ts';
import { budgetMs, stepTitle } from '../wording.ts';

export const downtime: Check = {
  id: 'downtime',
  title: 'The app was off no longer than the budget allows',
  failureTitle: 'The app was off for longer than the budget allows',
  needs: ['steps', 'load'],
  unit: 'ms',
  budget: 'downtimeMs',
  applies: ({ plan }) => plan.some(({ kind }) => kind === 'maintenance'),
  run({ evidence, steps }, { downtimeMs: budget }) {
    const own = steps.map(({ run }) => run).filter(({ planned }) => planned.way === undefined);
    const windows = maintenanceWindows(evidence).filter((off) => own.some((run) => offMs(run, [off]) > 0));
    if (windows.length === 0) return NOTHING;
    const measured = downtimeMs(windows, own);
    if (budget === undefined || measured <= budget) return { measured, findings: [] };
    const turnedAway = windows.reduce((sum, one) => sum + one.turnedAway, 0);
    const longest = own.map((run) => ({ run, ms: offMs(run, windows) })).toSorted((a, b) => b.ms - a.ms)[0];
    const slow =
      longest === undefined ? '' : ` ${stepTitle(longest.run)} took ${formatMs(longest.ms)} of it.`;
    const often = windows.length === 1 ? '' : ` in ${windows.length} windows`;
    return {
      measured,
      findings: [
        {
          status: 'fail',
          step: longest?.run.planned.name ?? null,
          measured,
          budget,
          message: `The app was off for ${formatMs(measured)}${often} ${budgetMs(budget)}, and ${formatCount(turnedAway)} requests were turned away.${slow}`,
          advice:
            'Do before the window what stops nobody: indexes CONCURRENTLY, backfills in batches, constraints NOT VALID and then VALIDATE. What is left is short, or needs no window at all.',
          hurt: { failed: turnedAway, delayed: 0, ms: measured },
        },
      ],
    };
  },
};
