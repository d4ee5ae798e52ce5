import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diffRuns } from '../../scripts/history/compare/diff.ts';
import { renderIndex } from '../../scripts/history/index-page/page.tsx';
import { sampleHistory } from '../../scripts/history/index-page/sample.fixture.ts';
import { renderDiff } from '../../scripts/history/render/diff-page.tsx';
import { needs } from '../support/needs.ts';
import { violations } from './axe.ts';
import { CHROMIUM, launch, open } from './browser.ts';

const history = sampleHistory();
const options = {
  reports: new Set(history.runs.slice(-40).map(({ runId }) => runId)),
  now: '2026-02-15T06:00:00Z',
};
const [before, after] = history.runs.filter(({ rehearsal }) => rehearsal === 'rename-column').slice(-2);
const PAGES = {
  index: renderIndex(history, options),
  'an empty index': renderIndex({ ...history, runs: [], notes: [], problems: [] }, options),
  'a comparison': renderDiff(diffRuns(before!, after!, history.runs)),
};
const pages = Object.entries(PAGES).map(([name, html]) => ({ name, html }));

test('the index says the last verdict of each rehearsal, worst first, and links the reports that are there', () => {
  const order = [...PAGES.index.matchAll(/<a href="#([a-z-]+)"/g)].map(([, name]) => name);
  expect(order).toEqual(['not-null-direct', 'hostile', 'killed', 'rename-column']);
  expect(PAGES.index).toContain('3 of 4 do not pass');
  expect(PAGES.index).toContain('href="rename-column-44/report.html"');
  expect(PAGES.index).not.toContain('href="rename-column-3/report.html"');
  expect(PAGES.index).toContain('another plan on 13 Jan 2026');
  expect(PAGES.index).toMatch(/As it grows, it meets its budget between \d+ \w+ 2026 and \d+ \w+ 2026/);
});

describe.skipIf(!needs(CHROMIUM, 'to look at the pages as their readers do'))('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  test.each(pages)(
    '$name: axe finds nothing, in light and dark, on a phone and in a window',
    async ({ html }) => {
      expect(await violations(browser, html, [1440, 390])).toEqual([]);
    },
  );

  test('on a phone the overview is read without scrolling sideways', async () => {
    const { page, close } = await open(browser, PAGES.index, { width: 390 });
    const widths: unknown = await page.evaluate(
      `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.scroll'))`,
    );
    await close();
    expect(widths).toBe(0);
  });

  test.each(pages)('$name: loads nothing, runs nothing, and never scrolls sideways', async ({ html }) => {
    const { page, problems, close } = await open(browser, html);
    for (const width of [1280, 768, 390, 320]) {
      await page.setViewportSize({ width, height: 900 });
      const size: unknown = await page.evaluate('document.documentElement.scrollWidth');
      expect({ width, size, problems }).toEqual({ width, size: width, problems: [] });
    }
    await close();
  });
});
