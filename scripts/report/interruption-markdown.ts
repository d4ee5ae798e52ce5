import type { Result } from '../checks/result/contract/result.ts';
import {
  INTERRUPTION_HEADS,
  interruptionLines,
  interruptionRows,
  interruptionSentences,
} from './facts/interruption-facts.ts';
import { capital, escaped, table } from './markdown-text.ts';

/** More of them are in report.html. */
const MOST_LINES = 12;

/** What became of each step that was cut off; empty where none was to be. */
export function interruptions(result: Result): string {
  if (result.interruptions === undefined) return '';
  const rows = interruptionRows(result).map(({ step, cells }) => [
    escaped(step),
    ...cells.map(({ text, isBad }) => (isBad ? `**${escaped(text)}**` : escaped(text))),
  ]);
  const heads = ['Step', ...INTERRUPTION_HEADS.map((head) => capital(head.replace('>', '')))];
  const lines = interruptionLines(result).slice(0, MOST_LINES);
  return [
    '### Interruptions',
    interruptionSentences(result).map(escaped).join(' '),
    rows.length === 0 ? '' : table(heads, rows),
    lines.map((line) => `- ${escaped(line)}`).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
