import type { RowCountChange } from '../../artifacts/records/of-plan/dependency-records.ts';
import type { RowCounts } from '../../load/count-rows.ts';
import type { SqlCommand } from '../../load/scripts/script.ts';

/** Fewer draws that can be compared say nothing. */
const LEAST_DRAWS = 3;
/** Rows that another request may take first, or that are there by now, hang on who else is at work. */
const READS = /^\s*(select|with|values|table|update|fetch|execute)\b/i;
const WRITES_NEW = /^\s*insert\b/i;
const HANGS_ON_OTHERS = /\bskip\s+locked\b|\bnowait\b|\bon\s+conflict\b/i;

/** What became of the rows of a script's statements, draw by draw of the same values. */
export function rowChanges(
  statements: readonly SqlCommand[],
  before: readonly (RowCounts | undefined)[],
  after: readonly (RowCounts | undefined)[],
): Omit<RowCountChange, 'version' | 'script'>[] {
  return statements.flatMap(({ index, line, text, parameters }) => {
    const isNew = WRITES_NEW.test(text);
    if (!(isNew || READS.test(text)) || HANGS_ON_OTHERS.test(text)) return [];
    const pairs = before.flatMap((counts, draw) => {
      const [was, is] = [counts?.get(index), after[draw]?.get(index)];
      return was === undefined || is === undefined ? [] : [{ was, is }];
    });
    const change = changeOf(pairs);
    if (change === undefined || (isNew && change === 'more')) return [];
    const what = isNew ? 'unwritten' : change;
    const [was, is] = [pairs.map((pair) => pair.was), pairs.map((pair) => pair.is)];
    return [
      { statement: index + 1, line, what, before: was, after: is, hasParameters: parameters.length > 0 },
    ];
  });
}

function changeOf(pairs: readonly { was: number; is: number }[]): 'none' | 'more' | undefined {
  if (pairs.length < LEAST_DRAWS || pairs.some(({ was }) => was === 0)) return undefined;
  if (pairs.every(({ is }) => is === 0)) return 'none';
  return pairs.every(({ was, is }) => is >= 2 * was) ? 'more' : undefined;
}
