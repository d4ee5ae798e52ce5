import { codeSpan, escaped, table } from '../report/markdown-text.ts';
import { formatMs } from '../shared/text/format.ts';
import { outcomeWord, type NightOutcome } from './outcome.ts';

export const NIGHT_HEAD = ['REHEARSAL', 'VERDICT', 'DURATION', 'WHAT'];

/** A row of cells for each. */
export function nightRows(outcomes: readonly NightOutcome[]): string[][] {
  return outcomes.map((outcome) => [
    outcome.rehearsal,
    outcomeWord(outcome),
    outcome.wasStarted ? formatMs(outcome.durationMs) : '–',
    outcome.headline.replaceAll('\n', ' '),
  ]);
}

/** The same as Markdown, for the summary of a CI job. */
export function nightMarkdown(outcomes: readonly NightOutcome[]): string {
  const rows = nightRows(outcomes).map(([name = '', word = '', took = '', what = ''], position) => [
    escaped(name),
    word === 'pass' ? word : `**${word}**`,
    took,
    `${escaped(what)}${runText(outcomes[position])}`,
  ]);
  return `## The night of ${outcomes.length === 1 ? 'one rehearsal' : `${outcomes.length} rehearsals`}\n\n${table(['Rehearsal', 'Verdict', 'Took', 'What'], rows)}\n`;
}

function runText(outcome: NightOutcome | undefined): string {
  return outcome?.runId == null ? '' : ` (${codeSpan(outcome.runId)})`;
}
