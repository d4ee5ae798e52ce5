import { expect, test } from 'vitest';
import type { Result } from '../../scripts/checks/result/contract/result.ts';
import { renderHtml } from '../../scripts/report/html/page.tsx';
import { renderJunit } from '../../scripts/report/junit.ts';
import { renderMarkdown } from '../../scripts/report/markdown.ts';
import { renderVerdict } from '../../scripts/report/verdict.ts';
import { figuresIn, unknownFigures } from './figures.ts';
import { brokenResult } from './sample-broken.ts';
import { failingResult, inconclusiveResult } from './sample-failures.ts';
import { hostsResult, keptResult, lostStandbyResult } from './sample-hosts.ts';
import { interruptedResult } from './sample-interruptions.ts';
import { stoppedTables } from './sample-coverage.ts';
import { fiveScenarios } from './sample-many.ts';
import { passingResult } from './sample-result.ts';

/* Whatever is shown with a unit stands in result.json: written as there, or by the formatter of its unit. */

const SAMPLES: Readonly<Record<string, Result>> = {
  pass: passingResult(),
  fail: failingResult(),
  broken: brokenResult(),
  inconclusive: inconclusiveResult(),
  'three hosts': hostsResult(),
  'a lost standby': lostStandbyResult(),
  kept: keptResult(),
  'five scenarios': fiveScenarios(),
  'stopped tables': stoppedTables(),
  interrupted: interruptedResult(),
};

const SURFACES: Readonly<Record<string, (result: Result) => string>> = {
  page: (result) => textOf(renderHtml(result)),
  markdown: renderMarkdown,
  junit: renderJunit,
  terminal: (result) => renderVerdict(result, { color: false, runPath: 'runs/x', width: 100 }),
};

const all = Object.entries(SAMPLES).flatMap(([name, result]) =>
  Object.entries(SURFACES).map(([surface, render]) => ({ name, surface, result, text: render(result) })),
);

test.each(all)('$name: every figure of the $surface is one of result.json', ({ text, result }) => {
  expect(figuresIn(text).length).toBeGreaterThan(0);
  expect(unknownFigures(text, result)).toEqual([]);
});

test.each(all)('$name: a wrong figure of the $surface is noticed', ({ text, result }) => {
  const [figure = ''] = figuresIn(text);
  const wrong = figure.replace(/^[\d,.]+/, '86,413');
  expect(unknownFigures(text.replace(figure, wrong), result)).toEqual([wrong]);
});

test('a figure that is off in its last digit is noticed', () => {
  const result = failingResult();
  for (const [surface, render] of Object.entries(SURFACES)) {
    const text = render(result);
    expect({ surface, has: text.includes('2.19 s') }).toEqual({ surface, has: true });
    expect(unknownFigures(text.replaceAll('2.19 s', '2.17 s'), result)).toContain('2.17 s');
  }
});

/** Without the chart, whose figures are those of its axes, and without marks. */
function textOf(html: string): string {
  return html
    .replace(/<style[\s\S]*?<\/style>|<svg[\s\S]*?<\/svg>/g, ' ')
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('\u00a0', ' ')
    .replaceAll('&amp;', '&');
}
