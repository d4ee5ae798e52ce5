import type { Result } from '../checks/result/contract/result.ts';
import { COVERAGE_HEADS, COVERAGE_TITLE, coverageRows, moreCovered } from './facts/coverage-facts.ts';
import { escaped, table } from './markdown-text.ts';

/** Empty where the plan stopped no table, or the run did not tell. */
export function coverageTable(result: Result): string {
  const rows = coverageRows(result).map(({ cells, isUncovered }) =>
    cells.map((cell, at) =>
      isUncovered && at === cells.length - 1 ? `**${escaped(cell)}**` : escaped(cell),
    ),
  );
  if (rows.length === 0) return '';
  const heads = COVERAGE_HEADS.map((head) => head.replace('>', ''));
  return [`### ${COVERAGE_TITLE}`, table(heads, rows), escaped(moreCovered(result))]
    .filter((part) => part !== '')
    .join('\n\n');
}
