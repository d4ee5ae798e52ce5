import type { StatementResult } from '../checks/result/contract/result.ts';
import { lockStrength, modeName } from '../pg/lock-modes.ts';
import { formatCount, plural } from '../shared/text/format.ts';
import { shortName } from './facts/facts.ts';

type Lock = StatementResult['locks'][number];

/** `log and its 300 partitions: ACCESS EXCLUSIVE`: strongest first, what makes up one partitioned table in one group. */
export function lockGroups(locks: readonly Lock[]): string[] {
  const groups = new Map<string, { whole: string; mode: string; hasWhole: boolean; parts: number }>();
  for (const { relation, mode, partitionOf } of locks) {
    const whole = partitionOf ?? relation;
    const key = `${mode} ${whole}`;
    const group = groups.get(key) ?? { whole, mode, hasWhole: false, parts: 0 };
    groups.set(key, {
      ...group,
      hasWhole: group.hasWhole || partitionOf === undefined,
      parts: group.parts + (partitionOf === undefined ? 0 : 1),
    });
  }
  return [...groups.values()]
    .toSorted((a, b) => lockStrength(b.mode) - lockStrength(a.mode) || b.parts - a.parts)
    .map(({ whole, mode, hasWhole, parts }) => {
      const name = shortName(whole);
      const partitions = plural(parts, 'partition');
      if (parts === 0) return `${name}: ${modeName(mode)}`;
      return `${hasWhole ? `${name} and its ${partitions}` : `${partitions} of ${name}`}: ${modeName(mode)}`;
    });
}

/** `612 of about 7,936 lock slots (max_locks_per_transaction is 64)`; null where it took no more than its share. */
export function slotsText({ lockSlots }: StatementResult): string | null {
  if (!lockSlots || lockSlots.used <= lockSlots.perTransaction) return null;
  const { used, total, perTransaction } = lockSlots;
  return `its transaction took ${formatCount(used)} of about ${formatCount(total)} lock slots (max_locks_per_transaction is ${formatCount(perTransaction)})`;
}
