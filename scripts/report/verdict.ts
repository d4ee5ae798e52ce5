import pc from 'picocolors';
import type { Result } from '../checks/result.ts';
import { formatMs, plural } from '../shared/format.ts';
import { durationMs, VERDICT_WORD, worstFinding } from './facts.ts';

const DOCS = 'docs/checks';
const INDENT = '      ';

/** The end of a run in the terminal: verdict, worst finding, where to look. */
export function renderVerdict(
  result: Result,
  options: { color: boolean; runPath: string; width: number },
): string {
  const colors = pc.createColors(options.color);
  const paint = { pass: colors.green, fail: colors.red, inconclusive: colors.yellow }[result.verdict];
  const word = VERDICT_WORD[result.verdict];
  const worst = worstFinding(result);
  const lines: string[] = [];
  const lead = wrap(worst?.message ?? result.headline, options.width - INDENT.length);
  lines.push(
    `${paint(colors.bold(word))}${word.length > 4 ? `\n${INDENT}` : '  '}${lead.join(`\n${INDENT}`)}`,
  );
  if (worst?.advice)
    lines.push(...indented(`${worst.advice} See ${DOCS}/${pageOf(worst.check)}`, options.width));
  const more = result.findings.length - (worst ? 1 : 0);
  if (more > 0) lines.push(`${INDENT}and ${plural(more, 'more finding')} in the report`);
  lines.push(
    `${INDENT}${options.runPath}/report.html · ${formatMs(durationMs(result))} · ${leftBehind(result.environment.leftovers)}`,
  );
  return `${lines.join('\n')}\n`;
}

function leftBehind(leftovers: number | null): string {
  if (leftovers === null) return 'teardown not proven: rehearse reap';
  return leftovers === 0 ? 'nothing left behind' : `${leftovers} left behind: rehearse reap`;
}

function pageOf(check: string): string {
  return `${check.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.md`;
}

function indented(text: string, width: number): string[] {
  return wrap(text, width - INDENT.length).map((line) => `${INDENT}${line}`);
}

/** Breaks at spaces; a word that is longer than the width stays whole. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 1 > Math.max(40, width)) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
