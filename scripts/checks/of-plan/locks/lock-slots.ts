import { formatCount } from '../../../shared/text/format.ts';
import { LOCK_TABLE_ADVICE } from '../../advice/remedies/server-limits.ts';
import type { Check, CheckFinding } from '../../check.ts';
import { stepTitle } from '../../wording.ts';

/** Share of the shared lock table that one transaction may take before it is worth a word. */
const MUCH = 0.5;

export const lockSlots: Check = {
  id: 'lockSlots',
  title: 'No transaction took half of the lock table',
  failureTitle: 'A transaction took half of the lock table',
  needs: ['steps'],
  unit: '%',
  limit: MUCH * 100,
  budget: null,
  run({ steps }) {
    const taken = steps.flatMap((step) =>
      step.tries.flatMap(({ record: { index, lockSlots: slots } }) =>
        slots === undefined || slots.total === 0
          ? []
          : [{ step, index, ...slots, share: slots.used / slots.total }],
      ),
    );
    const [most] = taken.toSorted((a, b) => b.share - a.share);
    if (most === undefined)
      return { measured: null, findings: [], title: 'No lock slots were counted', isNotJudged: true };
    const { step, index, used, perTransaction, total, share } = most;
    const measured = share * 100;
    const finding: CheckFinding = {
      status: 'warn',
      step: step.run.planned.name,
      statement: index,
      measured,
      budget: MUCH * 100,
      message:
        `${stepTitle(step.run)} took ${formatCount(used)} of about ${formatCount(total)} lock slots ` +
        `(max_locks_per_transaction is ${formatCount(perTransaction)}): with a busy server beside it, it can fail with 53200, out of shared memory.`,
      advice: LOCK_TABLE_ADVICE,
    };
    return { measured, findings: share > MUCH ? [finding] : [] };
  },
};
