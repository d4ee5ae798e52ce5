import { codeSpan, escaped, table } from '../report/markdown-text.ts';
import { formatMs } from '../shared/text/format.ts';
import { outcomeWord, type NightOutcome } from './outcome.ts';

/** Hosts are told of where some were shared. */
export function nightHead(outcomes: readonly NightOutcome[]): string[] {
  return ['REHEARSAL', 'VERDICT', 'DURATION', ...(isShared(outcomes) ? ['HOSTS'] : []), 'WHAT'];
}

/** A row of cells for each. */
export function nightRows(outcomes: readonly NightOutcome[]): string[][] {
  return outcomes.map((outcome) => [
    outcome.rehearsal,
    outcomeWord(outcome),
    outcome.wasStarted ? formatMs(outcome.durationMs) : '–',
    ...(isShared(outcomes) ? [hostsText(outcome)] : []),
    outcome.headline.replaceAll('\n', ' '),
  ]);
}

function isShared(outcomes: readonly NightOutcome[]): boolean {
  return outcomes.some(({ shared }) => shared !== undefined);
}

/** `2 of 3 on batch-20260727-031500-a1b2` */
function hostsText({ shared, wasStarted }: NightOutcome): string {
  if (shared !== undefined) return `${shared.position} of ${shared.of} on ${shared.id}`;
  return wasStarted ? 'its own' : '–';
}

/** The same as Markdown, for the summary of a CI job. */
export function nightMarkdown(outcomes: readonly NightOutcome[]): string {
  const rows = nightRows(outcomes).map((row, position) => {
    const [name = '', word = '', took = '', ...rest] = row;
    const what = rest.pop() ?? '';
    return [
      escaped(name),
      word === 'pass' ? word : `**${word}**`,
      took,
      ...rest,
      `${escaped(what)}${runText(outcomes[position])}`,
    ];
  });
  const heads = ['Rehearsal', 'Verdict', 'Took', ...(isShared(outcomes) ? ['Hosts'] : []), 'What'];
  return `## The night of ${outcomes.length === 1 ? 'one rehearsal' : `${outcomes.length} rehearsals`}\n\n${table(heads, rows)}\n`;
}

function runText(outcome: NightOutcome | undefined): string {
  return outcome?.runId == null ? '' : ` (${codeSpan(outcome.runId)})`;
}
