import type { Blocker, Finding, Result } from '../checks/result/contract/result.ts';
import { formatCount, formatMs } from '../shared/text/format.ts';
import { blockerLine, chainText, impactOf, isInQueue, outsideImpact } from './blockers.ts';
import { coverageTable } from './coverage-markdown.ts';
import { cut } from './cut.ts';
import { driftTable } from './drift-markdown.ts';
import {
  blamedStatement,
  durationMs,
  FINDING_WORD,
  scenariosText,
  stepLabel,
  strongestLock,
  VERDICT_WORD,
} from './facts/facts.ts';
import {
  createdText,
  hostHoursText,
  keptText,
  paceText,
  priceText,
  removalCommand,
  sweepText,
} from './facts/environment-facts.ts';
import { disarmedLines } from './facts/disarmed-facts.ts';
import { companyLines } from './facts/company-facts.ts';
import { codeBlock, codeSpan, escaped, table } from './markdown-text.ts';
import { commitText } from './facts/origin-facts.ts';
import {
  comparison,
  comparisonTitle,
  playedSentence,
  scenarioVerdict,
  wayRows,
} from './facts/playing-facts.ts';
import { budgetText, measuredText } from './facts/quantities.ts';
import type { ReviewNote } from './notes.ts';
import { allNotices } from './notice-lines.ts';
import { cellOf, rollbackSentences, statesOf, versionsOf } from './rollback.ts';
import { lagRows, standbySentences } from './facts/standby-facts.ts';
import { watchSentences } from './facts/watch-facts.ts';
import { waitsText } from './facts/wait-facts.ts';
import { interruptions } from './interruption-markdown.ts';
import { wayBack } from './way-back-markdown.ts';

/** A pull-request comment holds 65,536 characters. */
const MOST_CHARACTERS = 64_000;
/** As git writes it. */
const SHOWN_FINDINGS = 5;
const SHOWN_QUEUES = 8;
const MOST_QUERY_CHARACTERS = 300;
const SHORTENED = '_Shortened: the whole report is in report.html._';

/** The report for a pull request: decision first, short enough for a comment. */
export function renderMarkdown(result: Result, notes: readonly ReviewNote[] = []): string {
  const shown = result.findings.slice(0, SHOWN_FINDINGS);
  const more = result.findings
    .slice(SHOWN_FINDINGS)
    .map(({ status, message }) => `${FINDING_WORD[status]}: ${message}`);
  const sections = [
    head(result),
    list(
      'What reviewers wrote',
      notes.map(({ by, text }) => `${by}: ${text}`),
    ),
    playings(result),
    budgets(result),
    ...shown.map((finding, at) => findingSection(result, finding, shown.slice(0, at))),
    list('What else was found', more),
    matrix(result),
    wayBack(result),
    interruptions(result),
    steps(result),
    coverageTable(result),
    list('What was watched meanwhile', watchSentences(result)),
    list('What was disarmed in the snapshot', disarmedLines(result)),
    list('In whose company', companyLines(result)),
    queues(result),
    list('What the server said', allNotices(result)),
    standby(result),
    driftTable(result),
    teardown(result),
    list('What this rehearsal cannot tell', result.limits),
  ].filter((section) => section !== '');
  return `${fitting(sections).join('\n\n')}\n`;
}

/** The sections that fit into a comment; a long one is left out rather than all that come after it. */
function fitting(sections: readonly string[]): string[] {
  const kept: string[] = [];
  let length = SHORTENED.length + 3;
  for (const section of sections) {
    if (length + section.length + 2 > MOST_CHARACTERS) continue;
    kept.push(section);
    length += section.length + 2;
  }
  return kept.length === sections.length ? kept : [...kept, SHORTENED];
}

function head(result: Result): string {
  const { rehearsal, runId, target, verdict, headline, environment } = result;
  const facts = [
    codeSpan(runId),
    escaped(target),
    `PostgreSQL ${escaped(environment.postgresVersion)}`,
    formatMs(durationMs(result)),
    ...(commitText(result) === '' ? [] : [escaped(commitText(result))]),
  ];
  return [
    `<!-- rehearse:report key=${rehearsal.replace(/[^\w.-]/g, '_')} -->`,
    `## ${VERDICT_WORD[verdict]}: ${escaped(rehearsal)}`,
    '',
    escaped(headline),
    '',
    facts.join(' · '),
  ].join('\n');
}

/** The scenarios side by side, with the spread over their repetitions. */
function playings(result: Result): string {
  const compared = comparison(result);
  if (!compared || !result.playings) return '';
  const { scenarios, rows } = compared;
  const verdicts = [
    'Verdict',
    ...scenarios.map((scenario) => `**${escaped(scenarioVerdict(scenario))}**`),
    '',
  ];
  const figures = [...rows, ...wayRows(result.playings).map((row) => ({ ...row, budget: '' }))].map(
    ({ title, cells, budget }) => [
      title,
      ...cells.map(({ text, spread }) => escaped(spread === '' ? text : `${text} (${spread})`)),
      budget,
    ],
  );
  return [
    `### ${comparisonTitle(compared)}`,
    table(['', ...scenarios.map(({ name }) => escaped(name)), 'Budget'], [verdicts, ...figures]),
    ...(result.playings.advice ? [`**${escaped(result.playings.advice.sentence)}**`] : []),
    escaped(playedSentence(result.playings)),
  ].join('\n\n');
}

function budgets(result: Result): string {
  const judged = result.checks.filter(({ status }) => status !== 'not-judged');
  return table(
    ['Check', 'Measured', 'Budget', 'Status'],
    judged.map((check) => [
      ...[checkTitle(check), measuredText(check), budgetText(check)].map(escaped),
      check.status === 'fail' ? '**fail**' : check.status,
    ]),
  );
}

function checkTitle({ title, playing }: Result['checks'][number]): string {
  return playing === undefined ? title : `${title} (playing ${playing})`;
}

function findingSection(result: Result, finding: Finding, before: readonly Finding[]): string {
  const { status, step, statement, message, advice, insteadSql } = finding;
  const where = scenariosText(finding);
  const lines = [
    `### ${FINDING_WORD[status]}: ${escaped(message)}`,
    ...(where === '' ? [] : ['', `_${escaped(where)}_`]),
  ];
  const blamed = blamedStatement(result, finding);
  const isToldBefore = before.some((other) => {
    const isSame = other.step === step && other.statement === statement;
    return isSame && other.insteadSql === insteadSql && other.advice === advice;
  });
  if (isToldBefore && blamed) return [...lines, '', 'The same statement and remedy as above.'].join('\n');
  if (blamed) {
    const { file, line, sql } = blamed.statement;
    const place = file === null ? 'Rehearsed:' : `Rehearsed (${escaped(file)}, line ${line ?? 1}):`;
    lines.push('', place, '', codeBlock(sql));
  }
  if (advice !== null) lines.push('', escaped(advice));
  if (insteadSql !== null) lines.push('', 'Instead:', '', codeBlock(insteadSql));
  return lines.join('\n');
}

function matrix(result: Result): string {
  if (result.compatibility.length === 0) return '';
  const states = statesOf(result);
  const rows = versionsOf(result).map((version) => [
    escaped(version),
    ...states.map(({ key }) => {
      const cell = cellOf(result, version, key);
      if (!cell.known) return '';
      const word = escaped(cell.ok ? 'works' : `fails ${cell.sqlstates.join(', ')}`);
      return cell.live ? `**${word}, live**` : word;
    }),
  ]);
  return [
    '### Who survives which schema',
    table(['App version', ...states.map(({ label }) => escaped(label))], rows),
    rollbackSentences(result).map(escaped).join(' '),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function steps(result: Result): string {
  const rows = result.steps.map((step) =>
    [
      stepLabel(step),
      step.phase,
      step.status,
      formatMs(step.durationMs),
      formatCount(step.victims.delayed),
      formatCount(step.victims.failed),
      strongestLock(step),
    ].map(escaped),
  );
  const header = ['Step', 'Phase', 'Status', 'Took', 'Delayed', 'Failed', 'Strongest lock'];
  return ['### Step by step', table(header, rows)].join('\n\n');
}

/** Every statement that waited or made others wait: its three numbers, who suffered, and where the queue began. */
function queues(result: Result): string {
  const all = result.steps
    .flatMap((step) => {
      const outside = outsideImpact(step);
      const own = step.statements.map((statement) => {
        return { name: `${stepLabel(step)}, statement ${statement.index}`, impact: impactOf(statement) };
      });
      return outside === null ? own : [{ name: `${stepLabel(step)}, from outside`, impact: outside }];
    })
    .filter(({ impact }) => isInQueue(impact))
    .toSorted((a, b) => b.impact.figures.blackoutMs - a.impact.figures.blackoutMs)
    .slice(0, SHOWN_QUEUES);
  const rows = all.map(({ name, impact: { figures, delayedSeconds } }) =>
    [
      name,
      formatMs(figures.lockWaitMs),
      formatMs(figures.lockHoldMs),
      formatMs(figures.blackoutMs),
      `${figures.blockedSessionSeconds.toFixed(2)} s, ${figures.peakBlockedSessions} at once`,
      `${delayedSeconds.toFixed(1)} s`,
      String(figures.requestsOverBudget ?? ''),
      formatMs(figures.longestVictimMs),
    ].map(escaped),
  );
  const header = ['Statement', 'Waited', 'Held', 'Blackout', 'Sessions blocked'];
  const heads = [...header, 'Requests delayed', 'Over p99 budget', 'Slowest'];
  const chains = all.flatMap(({ name, impact }) => [
    `- ${escaped(`${name}: ${chainText(impact) ?? ''}`)}`,
    ...impact.blockers
      .filter(({ isRoot }) => isRoot)
      .slice(0, 2)
      .map(rootLine),
  ]);
  const measured = result.waits ? escaped(`Waits were measured ${waitsText(result)}.`) : '';
  return rows.length === 0
    ? ''
    : ['### Who waited for whom', table(heads, rows), chains.join('\n'), measured].join('\n\n');
}

function rootLine(blocker: Blocker): string {
  const { who, did, query } = blockerLine(blocker);
  const ran = query === null || query === '' ? '' : `: ${codeSpan(cut(query, MOST_QUERY_CHARACTERS, '…'))}`;
  return `  - ${escaped(`${who}, ${did}`)}${ran}`;
}

function standby(result: Result): string {
  const sentences = standbySentences(result);
  if (sentences.length === 0) return '';
  const rows = lagRows(result).map(({ what, ms, bytes }) => [what, ms, bytes]);
  const parts = ['### How far the standby was behind', sentences.map(escaped).join(' ')];
  const lags = table(['On the standby', 'At most behind', 'WAL missing at most'], rows);
  return [...parts, lags].filter((part) => part !== '').join('\n\n');
}

function teardown(result: Result): string {
  const { engine, shared } = result.environment;
  const { text, isProof } = sweepText(result);
  const kept = keptText(result);
  const command = codeSpan(removalCommand(result));
  const hours = hostHoursText(result);
  const end = kept === null ? `Sweep afterwards: ${text}` : `Sweep afterwards: none, ${kept}`;
  const lines = [
    escaped(`Created: ${createdText(result)}${engine === null ? '' : `, by ${engine}`}`),
    escaped(`Time: ${paceText(result)}`),
    (isProof && kept === null) || shared ? escaped(end) : `**${escaped(end)}**; ${command} removes it`,
    escaped([...(hours === null ? [] : [`Host-hours: ${hours}`]), priceText(result)].join('; ')),
  ];
  return ['### Teardown', '', ...lines.map((line) => `- ${line}`)].join('\n');
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0
    ? ''
    : [`### ${title}`, '', ...items.map((item) => `- ${escaped(item)}`)].join('\n');
}
