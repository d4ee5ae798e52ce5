import type { Result } from '../../checks/result/contract/result.ts';
import { modeName } from '../../pg/lock-modes.ts';
import { formatMs, plural } from '../../shared/text/format.ts';
import { stepLabel } from './facts.ts';

type Stopped = NonNullable<Result['coverage']>[number];

export const COVERAGE_TITLE = 'Which tables the plan stopped, and who asked for them';
export const COVERAGE_HEADS = ['Table', 'Step', 'Lock', '>At most', 'Asked for meanwhile by'] as const;
const MOST_ROWS = 20;
const MOST_SCRIPTS = 6;

interface CoverageRow {
  readonly cells: readonly string[];
  readonly isUncovered: boolean;
}

/** What nobody asked for first, then by time; empty for runs that did not tell. */
export function coverageRows(result: Result): CoverageRow[] {
  return worstFirst(result)
    .slice(0, MOST_ROWS)
    .map((one) => ({
      cells: [
        one.relation.replace(/^public\./, ''),
        stepOf(result, one),
        `${modeName(one.mode)}, stops ${one.stopped}`,
        formatMs(one.longestMs),
        askedBy(one, result.load.versions.length > 1),
      ],
      isUncovered: one.isUncovered,
    }));
}

/** `and 12 more in result.json`; empty where all are shown. */
export function moreCovered({ coverage = [] }: Result): string {
  return coverage.length > MOST_ROWS ? `and ${coverage.length - MOST_ROWS} more in result.json` : '';
}

function worstFirst({ coverage = [] }: Result): Stopped[] {
  return coverage.toSorted(
    (a, b) => Number(b.isUncovered) - Number(a.isUncovered) || b.longestMs - a.longestMs,
  );
}

function stepOf({ steps }: Result, { step: name, statement }: Stopped): string {
  const step = steps.find((one) => one.name === name);
  const label = step === undefined ? name : stepLabel(step);
  return statement === null ? label : `${label}, statement ${statement}`;
}

function askedBy({ scripts, hadWait, isUncovered }: Stopped, isOfSeveral: boolean): string {
  if (scripts.length === 0) {
    if (hadWait) return 'a session of the app that waited';
    return isUncovered ? 'nobody' : 'nobody in that time';
  }
  const told = scripts
    .toSorted((a, b) => b.requests - a.requests)
    .slice(0, MOST_SCRIPTS)
    .map(({ version, script, requests }) => {
      return `${isOfSeveral ? `${version}/` : ''}${script} ${plural(requests, 'request')}`;
    });
  const more = scripts.length - told.length;
  return [...told, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
