import { formatMs } from '../../../shared/text/format.ts';
import { advise } from '../../advice.ts';
import type { Check, CheckFinding } from '../../check.ts';
import { bySent, stops } from '../../stops/stops.ts';
import { budgetMs, stepTitle, victimsPhrase } from '../../wording.ts';

export const lockHold: Check = {
  id: 'lockHold',
  title: 'No lock that stops the app was held beyond its budget',
  failureTitle: 'A lock that stops the app was held beyond the budget',
  needs: ['steps', 'locks'],
  unit: 'ms',
  budget: 'lockHoldMs',
  run(analysis, { lockHoldMs: budget }) {
    const all = stops(analysis);
    const over = budget === undefined ? [] : all.filter(({ blockingHoldMs }) => blockingHoldMs > budget);
    const held = over.map((stop): CheckFinding => {
      const { step, statement, blockingHoldMs, where, mode, victims } = stop;
      return {
        status: 'fail',
        step: step.run.planned.name,
        statement: statement?.record.index ?? null,
        measured: blockingHoldMs,
        budget: budget ?? null,
        message: `${stepTitle(step.run)} held ${where} in ${mode} for ${formatMs(blockingHoldMs)}${bySent(stop)} ${budgetMs(budget ?? 0)}: ${victimsPhrase(victims)}.`,
        ...advise(stop, analysis, 'hold'),
        hurt: { ...victims, ms: blockingHoldMs },
      };
    });
    return {
      measured: Math.max(0, ...all.map(({ blockingHoldMs }) => blockingHoldMs)),
      findings: budget === undefined ? [] : [...held, ...all.flatMap(unseen)],
    };
  },
};

/** A statement that succeeded without anybody seeing its locks may have held any. */
function unseen({ step, statement }: ReturnType<typeof stops>[number]): CheckFinding[] {
  const blind = statement?.tries.some(({ record }) => record.capture === 'none' && record.error === null);
  if (statement === null || blind !== true) return [];
  const { index } = statement.record;
  return [
    {
      status: 'inconclusive',
      step: step.run.planned.name,
      statement: index,
      message: `${stepTitle(step.run)}: the locks of statement ${index} could not be seen, so how long it held them is not known.`,
    },
  ];
}
