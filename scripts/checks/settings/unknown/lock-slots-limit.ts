import { formatCount } from '../../../shared/text/format.ts';
import type { Analysis } from '../../analysis/analyse.ts';
import { stepTitle } from '../../wording.ts';

/** A transaction that needs more than its own share of the lock table fits by the grace of the settings here. */
export function lockSlotsLimit({ steps }: Analysis, known: ReadonlySet<string>): string[] {
  if (known.has('max_locks_per_transaction')) return [];
  const taken = steps.flatMap(({ run, tries }) =>
    tries.flatMap(({ record: { lockSlots } }) => (lockSlots === undefined ? [] : [{ run, ...lockSlots }])),
  );
  const [most] = taken.toSorted((a, b) => b.used - a.used);
  if (most === undefined || most.used <= most.perTransaction) return [];
  return [
    `${stepTitle(most.run)} took ${formatCount(most.used)} lock slots of about ${formatCount(most.total)} in one transaction; how many production has hangs on its max_locks_per_transaction and max_connections, which no snapshot carries.`,
  ];
}
