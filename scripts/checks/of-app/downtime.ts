import { formatCount, formatMs } from '../../shared/text/format.ts';
import { downtimeMs, maintenanceWindows } from '../analysis/traffic/maintenance.ts';
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
    const windows = maintenanceWindows(evidence);
    if (windows.length === 0) return NOTHING;
    const measured = downtimeMs(
      windows,
      steps.map(({ run }) => run),
    );
    if (budget === undefined || measured <= budget) return { measured, findings: [] };
    const turnedAway = windows.reduce((sum, one) => sum + one.turnedAway, 0);
    const longest = steps
      .filter(({ run }) => run.planned.way === undefined)
      .map(({ run }) => ({ run, ms: within(run.window, windows) }))
      .toSorted((a, b) => b.ms - a.ms)[0];
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

function within(
  step: { readonly fromMs: number; readonly toMs: number } | null,
  windows: readonly { readonly fromMs: number; readonly toMs: number }[],
): number {
  if (step === null) return 0;
  const parts = windows.map(({ fromMs, toMs }) => Math.min(step.toMs, toMs) - Math.max(step.fromMs, fromMs));
  return parts.reduce((sum, ms) => sum + Math.max(0, ms), 0);
}
