import type { Finding, Result } from '../checks/result.ts';
import { formatMs, plural } from '../shared/format.ts';
import { blamedStatement, durationMs, stepLabel, strongestLock, VERDICT_WORD } from './facts.ts';
import { budgetText, measuredText } from './quantities.ts';
import { cellOf, rollbackSentences, statesOf, versionsOf } from './rollback.ts';

/** A pull-request comment holds 65,536 characters. */
const MOST_CHARACTERS = 64_000;
const MOST_SQL_LINES = 50;
const SHOWN_FINDINGS = 5;

/** The report for a pull request: decision first, short enough for a comment. */
export function renderMarkdown(result: Result): string {
  const sections = [
    head(result),
    budgets(result),
    ...result.findings.slice(0, SHOWN_FINDINGS).map((finding) => findingSection(result, finding)),
    matrix(result),
    steps(result),
    list('What this rehearsal cannot tell', result.limits),
  ].filter((section) => section !== '');
  const shortened = '\n\n_Shortened: the whole report is in report.html._\n';
  let markdown = '';
  for (const section of sections) {
    const next = markdown === '' ? section : `${markdown}\n\n${section}`;
    if (next.length > MOST_CHARACTERS - shortened.length) return markdown + shortened;
    markdown = next;
  }
  return `${markdown}\n`;
}

function head(result: Result): string {
  const { rehearsal, runId, target, verdict, headline, environment } = result;
  return [
    `<!-- rehearse:report key=${rehearsal.replace(/[^\w.-]/g, '_')} -->`,
    `## ${VERDICT_WORD[verdict]}: ${escape(rehearsal)}`,
    '',
    escape(headline),
    '',
    `\`${runId}\` · ${escape(target)} · PostgreSQL ${escape(environment.postgresVersion)} · ${formatMs(durationMs(result))}`,
  ].join('\n');
}

function budgets(result: Result): string {
  const judged = result.checks.filter(({ status }) => status !== 'not-judged');
  return table(
    ['Check', 'Measured', 'Budget', 'Status'],
    judged.map((check) => [check.title, measuredText(check), budgetText(check), check.status]),
  );
}

function findingSection(result: Result, finding: Finding): string {
  const blamed = blamedStatement(result, finding);
  const lines = [`### ${finding.status}: ${escape(finding.message)}`];
  if (blamed) {
    const { file, line, sql } = blamed.statement;
    lines.push(
      '',
      file === null ? 'Rehearsed:' : `Rehearsed (${escape(file)}, line ${line ?? 1}):`,
      '',
      code(sql),
    );
  }
  if (finding.advice !== null) lines.push('', escape(finding.advice));
  if (finding.insteadSql !== null) lines.push('', 'Instead:', '', code(finding.insteadSql));
  return lines.join('\n');
}

function matrix(result: Result): string {
  const states = statesOf(result);
  if (result.compatibility.length === 0) return '';
  const rows = versionsOf(result).map((version) => [
    version,
    ...states.map(({ key }) => {
      const cell = cellOf(result, version, key);
      if (!cell.known) return '';
      const word = cell.ok ? 'works' : `fails ${cell.sqlstates.join(', ')}`;
      return cell.live ? `**${word}, live**` : word;
    }),
  ]);
  const header = ['App version', ...states.map(({ label }) => label)];
  return [
    '### Who survives which schema',
    table(header, rows),
    rollbackSentences(result).map(escape).join(' '),
  ].join('\n\n');
}

function steps(result: Result): string {
  const rows = result.steps.map((step) => [
    stepLabel(step),
    step.phase,
    step.status,
    formatMs(step.durationMs),
    String(step.victims.delayed),
    String(step.victims.failed),
    strongestLock(step),
  ]);
  const header = ['Step', 'Phase', 'Status', 'Took', 'Delayed', 'Failed', 'Strongest lock'];
  return ['### Step by step', table(header, rows)].join('\n\n');
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0
    ? ''
    : [`### ${title}`, '', ...items.map((item) => `- ${escape(item)}`)].join('\n');
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.map(bold).join(' | ')} |`;
  return [line(header), `| ${header.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Cell text, escaped; the markers of a bold cell of ours stay. */
function bold(cell: string): string {
  const marked = /^\*\*(.*)\*\*$/.exec(cell);
  return marked ? `**${escape(marked[1] ?? '')}**` : escape(cell);
}

function code(sql: string): string {
  const lines = sql.split('\n');
  const shown = lines.slice(0, MOST_SQL_LINES);
  if (lines.length > shown.length) shown.push(`-- ${plural(lines.length - shown.length, 'more line')}`);
  // A fence longer than any run of backticks inside cannot be closed by the SQL.
  const longest = [...sql.matchAll(/`+/g)].reduce((max, [run]) => Math.max(max, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return [`${fence}sql`, ...shown, fence].join('\n');
}

function escape(value: string): string {
  return value
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[\\`*_[\]|#~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;');
}
