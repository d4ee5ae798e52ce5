import type { LockEntry } from '../../../artifacts/records/records.ts';
import { groupBy } from '../../../shared/group-by.ts';
import type { HeldLocks } from '../../analysis/waits/held-locks.ts';
import type { StatementResult } from '../contract/result.ts';

/** Of one table; with more of them the table stands for its partitions. */
const MOST_PARTITIONS = 20;

/** Each lock once; partitions of a table that has many of them are one lock of the table with their number. */
export function lockResults(locks: readonly Omit<LockEntry, 'existedBefore'>[]): StatementResult['locks'] {
  const each = new Map(locks.map((lock) => [`${lock.relation} ${lock.mode}`, lock]));
  const groups = groupBy(each.values(), ({ relation, mode, partitionOf }) =>
    JSON.stringify([partitionOf ?? relation, mode]),
  );
  return [...groups.values()].flatMap((group) => {
    const partitions = group.filter(({ partitionOf }) => partitionOf !== undefined);
    const [first] = partitions;
    if (first?.partitionOf !== undefined && partitions.length > MOST_PARTITIONS)
      return [{ relation: first.partitionOf, mode: first.mode, partitions: partitions.length }];
    return group.map(({ relation, mode, partitionOf }) => ({
      relation,
      mode,
      ...(partitionOf === undefined ? {} : { partitionOf }),
    }));
  });
}

/** Tables that were written anew, likewise. */
export function rewroteResults(rewrote: readonly string[], held: HeldLocks): string[] {
  const groups = groupBy(rewrote, (relation) => held.wholeOf(relation) ?? relation);
  return [...groups].flatMap(([whole, group]) => (group.length > MOST_PARTITIONS ? [whole] : group));
}
