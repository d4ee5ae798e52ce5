import type { Finding, Result } from '../checks/result/contract/result.ts';
import { changeText, figureRow } from '../history/render/diff-text.ts';
import {
  blamedStatement,
  FINDING_WORD,
  scenariosText,
  VERDICT_WORD,
  worstFinding,
} from '../report/facts/facts.ts';
import { codeBlock, codeSpan, escaped, table } from '../report/markdown-text.ts';
import { commitText } from '../report/facts/origin-facts.ts';
import { cellOf, rollbackSentences, statesOf, versionsOf } from '../report/rollback.ts';
import { plural } from '../shared/text/format.ts';
import { placeOf, type Publication } from './publication.ts';

/** GitHub takes 65,536 characters and refuses more (422). */
const MOST_CHARACTERS = 65_000;
const MOST_FINDINGS = 20;
const MOST_FIGURES = 15;
const SHORTENED = '_Shortened: the rest is in the report._';

/** First line of the comment of a rehearsal, by which the next run finds it. */
export function markerOf({ rehearsal }: Result): string {
  return `<!-- dress-rehearsal:${rehearsal.replace(/[^\w.-]/g, '_')} -->`;
}

const STATE = /^<!-- dress-rehearsal-was:(pass|fail|inconclusive) ([0-9a-f]{0,40}) -->$/m;

/**
 * The comment on a pull or merge request: decision first, and within the limit whatever the run.
 * @param before the text of the comment that it replaces
 */
export function renderComment(publication: Publication, before?: string): string {
  const { result, notes } = publication;
  const sections = [
    head(publication, before),
    ...notes.map(({ by, text }) => `> **${escaped(by)}**: ${escaped(text)}`),
    worst(publication),
    otherFindings(publication),
    compatibility(result),
    figures(publication),
    details('What this rehearsal cannot tell', result.limits),
    foot(publication),
  ].filter((section) => section !== '');
  return `${fitting(sections).join('\n\n')}\n`;
}

/** Head and foot always fit; of what is between, a section that is too long is left out. */
function fitting(sections: readonly string[]): string[] {
  const kept = new Set<string>();
  let length = SHORTENED.length + 4;
  for (const section of [sections[0], sections.at(-1), ...sections.slice(1, -1)]) {
    if (section === undefined || kept.has(section) || length + section.length + 2 > MOST_CHARACTERS) continue;
    kept.add(section);
    length += section.length + 2;
  }
  const shown = sections.filter((section) => kept.has(section));
  return shown.length === sections.length ? shown : [...shown, SHORTENED];
}

function head({ result }: Publication, before: string | undefined): string {
  const { rehearsal, verdict, headline, origin } = result;
  const was = STATE.exec(before ?? '');
  const at = was?.[2] ? ` at ${was[2].slice(0, 10)}` : '';
  const change = was?.[1] === undefined || was[1] === verdict ? '' : ` (was ${was[1].toUpperCase()}${at})`;
  return [
    markerOf(result),
    `<!-- dress-rehearsal-was:${verdict} ${origin?.commit ?? ''} -->`,
    `## ${VERDICT_WORD[verdict]}: ${escaped(rehearsal)}${change}`,
    '',
    escaped(headline),
  ].join('\n');
}

function worst(publication: Publication): string {
  const { result } = publication;
  const finding = worstFinding(result);
  if (finding === undefined) return '';
  const blamed = blamedStatement(result, finding);
  const where = scenariosText(finding);
  return [
    `**${FINDING_WORD[finding.status]}**, ${codeSpan(placeText(publication, finding))}${where === '' ? '' : `, ${escaped(where)}`}`,
    ...(blamed ? [codeBlock(blamed.statement.sql)] : []),
    ...(finding.advice === null ? [] : [escaped(finding.advice)]),
    ...(finding.insteadSql === null ? [] : ['Instead:', codeBlock(finding.insteadSql)]),
  ].join('\n\n');
}

function otherFindings(publication: Publication): string {
  const { findings } = publication.result;
  const others = findings.filter((finding) => finding !== worstFinding(publication.result));
  if (others.length === 0) return '';
  const lines = others
    .slice(0, MOST_FINDINGS)
    .map(
      (finding) =>
        `- ${FINDING_WORD[finding.status]}, ${codeSpan(placeText(publication, finding))}: ${escaped(finding.message)}`,
    );
  const more = others.length - lines.length;
  if (more > 0) lines.push(`- and ${plural(more, 'more finding')} in the report`);
  return ['### What else was found', '', ...lines].join('\n');
}

function placeText(publication: Publication, finding: Finding): string {
  const { path, line } = placeOf(publication, finding);
  return `${path}:${line}`;
}

function compatibility(result: Result): string {
  if (result.compatibility.length === 0) return '';
  const states = statesOf(result);
  const rows = versionsOf(result).map((version) => [
    escaped(version),
    ...states.map(({ key }) => {
      const { known, ok, live, sqlstates } = cellOf(result, version, key);
      const word = !known ? '' : ok ? 'works' : escaped(`fails ${sqlstates.join(', ')}`);
      return known && live ? `**${word}**` : word;
    }),
  ]);
  const told = rollbackSentences(result).map(escaped).join(' ');
  const shown = table(['App version', ...states.map(({ label }) => escaped(label))], rows);
  return ['### Who survives which schema', shown, told].filter((part) => part !== '').join('\n\n');
}

function figures({ against }: Publication): string {
  if (against === undefined)
    return '_There is no earlier run of this plan that passed: nothing to compare with._';
  const { diff, whose } = against;
  const rows = diff.figures.slice(0, MOST_FIGURES).map((one) => {
    const [title = '', was = '', is = ''] = figureRow(one);
    return [title, was, is, changeText(one.before, one.after), one.judgement].map(escaped);
  });
  const { before, changes } = diff;
  const changed = changes.map(({ what }) => what).join(', ');
  return [
    `### Against the last good run ${escaped(whose)}`,
    codeSpan(before.runId),
    table(['Figure', 'Then', 'Now', 'Change', ''], rows),
    ...(changed === '' ? [] : [escaped(`Beside the figures changed: ${changed}.`)]),
  ].join('\n\n');
}

function details(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const list = items.map((item) => `- ${escaped(item)}`).join('\n');
  return `<details><summary>${title}</summary>\n\n${list}\n\n</details>`;
}

function foot({ result, reportUrl }: Publication): string {
  const commit = commitText(result);
  const report = reportUrl === null ? `report in the run folder` : `[report](<${urlText(reportUrl)}>)`;
  return [report, codeSpan(result.runId), ...(commit === '' ? [] : [escaped(commit)])].join(' · ');
}

/** Nothing in it can end the link. */
function urlText(url: string): string {
  return url.replace(/[<>\s\\]/g, encodeURIComponent);
}
