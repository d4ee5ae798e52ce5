import type { Compared } from '../../report/compared.ts';
import type { RunDiff } from '../compare/diff.ts';
import type { LastGood } from '../compare/window.ts';
import { figureRow } from './diff-text.ts';

/** What the report of the later run tells of the earlier one. */
export function comparedFrom(
  { before, changes, unlike, figures }: RunDiff,
  whose: LastGood['whose'],
): Compared {
  return {
    schemaVersion: 1,
    whose,
    runId: before.runId,
    startedAt: before.startedAt,
    changes: [
      ...changes.map(({ what, before: was, after: is }) => `${what}: ${was} → ${is}`),
      ...(unlike.length === 0
        ? []
        : [`The figures are of ${unlike.join(', ')}: a difference may come from there.`]),
    ],
    figures: figures.map((one) => {
      const [title = '', then = '', now = '', change = '', , smallest = ''] = figureRow(one);
      return { title, before: then, after: now, change, judgement: one.judgement, smallest };
    }),
  };
}
