import { plural } from '../shared/text/format.ts';
import { cut } from './cut.ts';

/** Pieces of GitHub's Markdown into which no text can put markup of its own. */

const MOST_SQL_LINES = 50;
const MOST_SQL_CHARACTERS = 6000;
const MOST_TEXT_CHARACTERS = 1500;

/** One line of plain text; a very long one is cut. */
export function escaped(value: string): string {
  const line = value.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return cut(line, MOST_TEXT_CHARACTERS, '…')
    .replace(/[\\`*_[\]|~$#]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;');
}

/** Text in a fixed width within a line. */
export function codeSpan(value: string): string {
  const line = value.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** SQL as a block; what is very long is cut, and says so. */
export function codeBlock(sql: string): string {
  const lines = sql.split('\n');
  const shown = lines.slice(0, MOST_SQL_LINES);
  if (lines.length > shown.length) shown.push(`-- ${plural(lines.length - shown.length, 'more line')}`);
  const text = cut(shown.join('\n'), MOST_SQL_CHARACTERS, '\n-- cut here');
  // A fence longer than any run of backticks inside cannot be closed by the SQL.
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return [`${fence}sql`, text, fence].join('\n');
}

/** A table of cells that are Markdown already; empty without rows. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function longestRun(text: string): number {
  return [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 0);
}

/** With its first letter large. */
export function capital(text: string): string {
  return text.replace(/^./, (letter) => letter.toUpperCase());
}
