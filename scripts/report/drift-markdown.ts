import type { Result } from '../checks/result/contract/result.ts';
import { DRIFT_HEADS, DRIFT_TITLE, driftRows, driftSentences } from './facts/drift-facts.ts';
import { escaped, table } from './markdown-text.ts';

/** Empty where nothing is known of production. */
export function driftTable(result: Result): string {
  const sentences = driftSentences(result);
  if (sentences.length === 0) return '';
  const rows = driftRows(result).map((row) => [
    escaped(row.table),
    ...row.timings.map(({ isComparable, word }) => (isComparable ? word : `**${word}**`)),
    escaped(row.because),
  ]);
  const parts = [`### ${DRIFT_TITLE}`, sentences.map(escaped).join(' ')];
  return (rows.length === 0 ? parts : [...parts, table(DRIFT_HEADS, rows)]).join('\n\n');
}
