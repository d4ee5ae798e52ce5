import { formatMs } from '../shared/format.ts';
import type { Check } from './check.ts';
import { budgetMs, stepTitle } from './wording.ts';

export const replicationLag: Check = {
  id: 'replicationLag',
  title: 'The standby kept up',
  failureTitle: 'The standby fell behind further than the budget allows',
  needs: ['server'],
  unit: 'ms',
  budget: 'replicationLagMs',
  run({ evidence, steps }, { replicationLagMs: budget }) {
    const seen = (evidence.server ?? []).flatMap(({ tMs, replayLagMs }) =>
      replayLagMs === null ? [] : [{ tMs, replayLagMs }],
    );
    const worst = seen.toSorted((a, b) => b.replayLagMs - a.replayLagMs)[0];
    if (worst === undefined) {
      const why = evidence.run.standby ? 'its lag was never seen' : 'the rehearsal had no standby';
      const message = `Replication lag has a budget, but ${why}.`;
      const advice = evidence.run.standby
        ? null
        : 'Give the rehearsal one with postgres.standby: true, or leave the budget out.';
      return {
        measured: null,
        findings: budget === undefined ? [] : [{ status: 'inconclusive', budget, message, advice }],
      };
    }
    const measured = worst.replayLagMs;
    if (budget === undefined || measured <= budget) return { measured, findings: [] };
    const step = steps.findLast(({ run }) => run.window !== null && run.window.fromMs <= worst.tMs);
    const who = step ? stepTitle(step.run) : 'The load before the first step';
    const message = `${who} left the standby ${formatMs(measured)} behind ${budgetMs(budget)}.`;
    return {
      measured,
      findings: [
        {
          status: 'fail',
          step: step?.run.planned.name ?? null,
          measured,
          budget,
          message,
          advice: 'Write less WAL at once: smaller batches with pauses, or fewer indexes on what is written.',
          hurt: { failed: 0, delayed: 0, ms: measured },
        },
      ],
    };
  },
};
