import type { Analysis } from '../analysis/analyse.ts';
import { plural } from '../../shared/text/format.ts';
import { shortRelation } from '../wording.ts';

/** A rehearsal begins where the snapshot ended: production's sequences have gone on, and the load takes numbers too. */
export function sequenceLimits({ evidence: { snapshot } }: Analysis): string[] {
  return (snapshot?.nearEnds ?? []).map(({ sequence, column, columnType, numbersLeft, usedShare }) => {
    const fills = column === null ? '' : ` of ${column}`;
    const end = columnType === null ? 'its MAXVALUE' : `the end of type ${columnType}`;
    const what = columnType === null ? '2200H' : '2200H or 22003';
    return (
      `The sequence ${shortRelation(sequence)}${fills} has ${plural(numbersLeft, 'number')} left before ${end} (${Math.floor(usedShare * 1000) / 10} % are given out), ` +
      `and production has taken more since the snapshot: behind the last one every INSERT that asks for one fails with ${what}. Widen the column and the sequence to bigint before.`
    );
  });
}
