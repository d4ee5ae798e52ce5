import pc from 'picocolors';
import { totalOf } from '../checks/result/contract/left-out.ts';
import { NOT_ALONE } from '../shared/text/not-alone.ts';
import type { Result } from '../checks/result/contract/result.ts';
import { formatCount, formatMs, plural } from '../shared/text/format.ts';
import { formatDate } from './dates.ts';
import { commitText } from './facts/origin-facts.ts';
import { comparison, scenarioVerdict, wayRows } from './facts/playing-facts.ts';
import { durationMs, pageOf, VERDICT_WORD, worstFinding } from './facts/facts.ts';
import { interruptionSentences } from './facts/interruption-facts.ts';
import { wayBackSentences } from './facts/way-back-facts.ts';

const INDENT = '      ';
const NARROWEST = 40;

interface VerdictOptions {
  readonly color: boolean;
  /** The run folder as the reader would type it. */
  readonly runPath: string;
  /** Columns of the terminal. */
  readonly width: number;
}

/** The end of a run in the terminal: the verdict, the worst finding and what to do about it, where to look. */
export function renderVerdict(result: Result, { color, runPath, width }: VerdictOptions): string {
  const colors = pc.createColors(color);
  const paint = { pass: colors.green, fail: colors.red, inconclusive: colors.yellow }[result.verdict];
  const word = VERDICT_WORD[result.verdict];
  const worst = worstFinding(result);
  // The headline of a failure is the worst finding's message, and then what PostgreSQL did there.
  const { headline } = result;
  const lead = worst && headline.startsWith(worst.message) ? worst.message : headline;
  const [first = '', ...more] = wrapped(lead, width, word.length + 2);
  const lines = [`${paint(colors.bold(word))}  ${first}`, ...more.map((line) => INDENT + line)];
  const say = (text: string): void => {
    lines.push(...wrapped(text, width, INDENT.length).map((line) => INDENT + line));
  };
  if (lead !== headline) say(headline.slice(lead.length));
  if (worst) say([worst.advice ?? '', `See ${pageOf(worst.check)}`].join(' '));
  for (const line of spreadLines(result)) lines.push(INDENT + line);
  if (result.playings?.advice) say(result.playings.advice.sentence);
  for (const line of [...wayBackSentences(result), ...interruptionSentences(result)]) say(line);
  for (const limit of result.limits.filter((one) => one.startsWith(NOT_ALONE))) say(limit);
  const others = totalOf(result, 'findings', result.findings.length) - (worst ? 1 : 0);
  if (others > 0) say(`${plural(others, worst ? 'more finding' : 'finding')} in the report`);
  const { text, tone } = afterwards(result);
  const left = { good: (words: string) => words, open: colors.yellow, bad: colors.red }[tone](text);
  const origin = commitText(result);
  if (origin !== '') say(`plan of ${origin}`);
  lines.push(`${INDENT}${colors.bold(`${runPath}/report.html`)} · ${formatMs(durationMs(result))} · ${left}`);
  return `${lines.join('\n')}\n`;
}

/** Of a run with several playings: each scenario's verdict and figures, one row a figure. */
function spreadLines(result: Result): string[] {
  const compared = comparison(result);
  if (!compared || !result.playings) return [];
  const { scenarios, rows } = compared;
  const cells = [
    ['', ...scenarios.map(({ name }) => name)],
    ['verdict', ...scenarios.map(scenarioVerdict)],
    ...[...rows, ...wayRows(result.playings)].map((row) => [
      row.title,
      ...row.cells.map(({ text, spread }) => (spread === '' ? text : `${text}  (${spread})`)),
    ]),
  ];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((text, column) => text.padEnd(widths?.[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function afterwards({ environment }: Result): { text: string; tone: 'good' | 'open' | 'bad' } {
  const { leftovers, keptUntil, shared } = environment;
  if (shared) return { text: `the hosts go with ${shared.id}`, tone: 'good' };
  if (keptUntil !== null) return { text: `kept up until ${formatDate(keptUntil)}`, tone: 'open' };
  if (leftovers === 0) return { text: 'nothing left behind', tone: 'good' };
  if (leftovers === null) return { text: 'not known what is left behind: rehearse reap', tone: 'bad' };
  return { text: `${formatCount(leftovers)} left behind: rehearse reap --execute`, tone: 'bad' };
}

/**
 * Breaks at spaces. `used` are the columns that are taken in the first line; all others begin with the indent. A word that
 * is longer than the width stays whole. Control characters become spaces, so that no text can move the cursor.
 */
function wrapped(text: string, width: number, used: number): string[] {
  const most = Math.max(NARROWEST, width);
  const lines: string[] = [];
  for (const word of text
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .split(/\s+/)) {
    const last = lines.at(-1);
    const room = most - (lines.length > 1 ? INDENT.length : used);
    if (last === undefined || last.length + word.length + 1 > room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
