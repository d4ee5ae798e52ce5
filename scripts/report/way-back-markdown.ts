import type { Result } from '../checks/result/contract/result.ts';
import { capital, escaped, table } from './markdown-text.ts';
import { differenceLines, WAY_BACK_HEADS, wayBackRows, wayBackSentences } from './facts/way-back-facts.ts';

/** More of them are in report.html. */
const MOST_DIFFERENCES = 12;

/** From which steps the release can be taken back; empty where the plan never goes back. */
export function wayBack(result: Result): string {
  const rows = wayBackRows(result);
  if (rows.length === 0) return '';
  const heads = ['Turned around', ...WAY_BACK_HEADS.map((head) => capital(head.replace('>', '')))];
  const cells = rows.map((row) => [
    escaped(row.from),
    ...row.cells.map(({ text, isBad }) => (isBad ? `**${escaped(text)}**` : escaped(text))),
  ]);
  const reasons = rows.flatMap(({ from, reason }) => (reason === null ? [] : [`${from}: ${reason}`]));
  const lines = [...reasons, ...differenceLines(result).slice(0, MOST_DIFFERENCES)];
  return [
    '### The way back',
    wayBackSentences(result).map(escaped).join(' '),
    table(heads, cells),
    lines.map((line) => `- ${escaped(line)}`).join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
