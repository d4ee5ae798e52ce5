import { expect, test } from 'vitest';
import { renderHtml } from '../../scripts/report/html/page.tsx';
import { renderMarkdown } from '../../scripts/report/markdown.ts';
import { stoppedTables } from './sample-coverage.ts';
import { passingResult } from './sample-result.ts';

const TITLE = 'Which tables the plan stopped, and who asked for them';
const MORE = stoppedTables().coverage?.[0];

function markdownTable(result = stoppedTables()): string[] {
  const section = renderMarkdown(result).split(`### ${TITLE}`)[1]?.split('###')[0] ?? '';
  return section.split('\n').filter((line) => line !== '');
}

test('the tables that the plan stopped are listed with who asked for them, what nobody asked for first', () => {
  expect(markdownTable()).toEqual([
    '| Table | Step | Lock | At most | Asked for meanwhile by |',
    '| --- | --- | --- | --- | --- |',
    '| audit.log | 4 set-not-null | ACCESS EXCLUSIVE, stops all | 1.37 s | **nobody** |',
    '| customers | 1 add-column, statement 1 | ACCESS EXCLUSIVE, stops all | 913 ms | old/read-customer 1,294 requests, old/edit-customer 71 requests |',
    '| notes | 6 drop-column, statement 1 | ACCESS EXCLUSIVE, stops all | 21 ms | a session of the app that waited |',
    '| orders | 6 drop-column, statement 1 | SHARE, stops writes | 3.2 ms | nobody in that time |',
  ]);
  const html = renderHtml(stoppedTables());
  expect(html).toContain(`<h2>${TITLE}</h2>`);
  expect(html).toContain('<td class="r">1.37 s</td><td><b>nobody</b></td>');
  expect(html).toContain('old/read-customer 1,294 requests, old/edit-customer 71 requests');
});

test('a plan that stopped nothing, and an older run, have no such table; a long one is cut', () => {
  for (const rest of [{}, { coverage: [] }]) {
    expect(renderMarkdown(passingResult(rest))).not.toContain(TITLE);
    expect(renderHtml(passingResult(rest))).not.toContain(TITLE);
  }
  if (MORE === undefined) throw new Error('the sample stopped nothing');
  const long = stoppedTables(Array.from({ length: 30 }, () => MORE));
  expect(markdownTable(long).slice(-1)).toEqual(['and 14 more in result.json']);
  expect(renderHtml(long)).toContain('and 14 more in result.json');
});

test('the page names the triggers that a backfill fired, with the share of each', () => {
  const html = renderHtml(stoppedTables());
  expect(html).toContain(
    'its updates fired trigger log (audit.note): 37 % of their time · its updates fired foreign key orders_fkey: 4 % of their time',
  );
});
