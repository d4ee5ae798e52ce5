import type { Result } from '../../checks/result/contract/result.ts';
import { formatCount, plural } from '../../shared/text/format.ts';

/** What the questions of each verify step found while other steps ran, one sentence each. */
export function watchSentences({ steps }: Result): string[] {
  return steps.flatMap(({ name, watch }) => {
    if (watch === undefined || watch.asked === 0) return [];
    const { asked, unanswered, mostRows, mostDuring, lastRows } = watch;
    const often = `${name} asked ${plural(asked, 'time')} while other steps ran`;
    const silent = unanswered === 0 ? '' : `; ${formatCount(unanswered)} of them got no answer`;
    if (mostRows === null) return [`${often}, and never got an answer.`];
    if (mostRows === 0) return [`${often}, and found no row${silent}.`];
    return [
      `${often} and found ${plural(mostRows, 'row')} at most (during ${mostDuring ?? ''}), ${formatCount(lastRows ?? 0)} when it last asked${silent}.`,
    ];
  });
}
