import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { diffRuns } from '../../scripts/history/compare/diff.ts';
import { figure, nightOf } from '../../scripts/history/compare/nights.fixture.ts';
import { comparedFrom } from '../../scripts/history/render/compared.ts';
import { renderHtml } from '../../scripts/report/html/page.tsx';
import { needs } from '../support/needs.ts';
import { violations } from './axe.ts';
import { CHROMIUM, launch, open } from './browser.ts';
import { withEverywhere } from './hostile.ts';
import { brokenResult } from './sample-broken.ts';
import { failingResult, inconclusiveResult, longResult } from './sample-failures.ts';
import { hostsResult, keptResult, lostStandbyResult } from './sample-hosts.ts';
import { fiveScenarios, nineSteps } from './sample-many.ts';
import { passingResult } from './sample-result.ts';
import { wayBackResult } from './sample-way-back.ts';

const SAMPLES = {
  pass: passingResult(),
  fail: failingResult(),
  broken: brokenResult(),
  inconclusive: inconclusiveResult(),
  'thirty steps': longResult(600),
  'three hosts': hostsResult(),
  'a lost standby': lostStandbyResult(),
  kept: keptResult(),
  'five scenarios': fiveScenarios(),
  'nine steps': nineSteps(),
  'the way back': wayBackResult(),
};
const EARLIER = comparedFrom(
  diffRuns(
    nightOf(0, { figures: [figure({ budget: 2000 }), figure({ id: 'step:gone' })] }),
    nightOf(1, { commit: 'c0ffee', figures: [figure({ value: 1900, budget: 2000 })] }),
    [],
  ),
  'of main',
);
const samples = [
  ...Object.entries(SAMPLES).map(([name, result]) => ({ name, html: renderHtml(result) })),
  { name: 'beside an earlier run', html: renderHtml(passingResult(), [], EARLIER) },
];

/** Those whose tables do not fit a window of middle width. */
const WIDE: ReadonlySet<string> = new Set(['fail', 'five scenarios', 'nine steps']);

/** Breaks out of text, attributes, comments, styles and scripts, wherever one of them is left unescaped. */
const HOSTILE = `"'></style></title></textarea>--><script>alert(1)</script><img src="http://127.0.0.1:9/x" onerror=alert(2)><a href="javascript:alert(3)">x</a>{}&lt;\u2028`;

describe.skipIf(!needs(CHROMIUM, 'to look at the report as its readers do'))(
  'report.html in a browser',
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(() => browser.close());

    test.each(samples)(
      '$name: axe finds nothing, in light and dark, on a phone and in a window',
      async (sample) => {
        const widths = WIDE.has(sample.name) ? [1440, 800, 390] : [1440, 390];
        expect(await violations(browser, sample.html, widths)).toEqual([]);
      },
    );

    test('axe would find a text that cannot be read', async () => {
      const page = renderHtml(passingResult());
      const faint = page.replace('--mut:#57606a', '--mut:#c8ccd0').replace('--mut:#9aa4af', '--mut:#30363d');
      const found = (await violations(browser, faint, [1280])).join('\n');
      for (const scheme of ['light', 'dark']) expect(found).toContain(`1280 px, ${scheme}: color-contrast`);
    });

    test.each(samples)('$name: loads nothing, says nothing, and never scrolls sideways', async ({ html }) => {
      const { page, problems, close } = await open(browser, html);
      // Also with everything open.
      await page.evaluate(OPENED);
      for (const width of [1280, 768, 390, 320]) {
        await page.setViewportSize({ width, height: 900 });
        const size: unknown = await page.evaluate('document.documentElement.scrollWidth');
        expect({ width, size, problems }).toEqual({ width, size: width, problems: [] });
      }
      await close();
    });

    test.each([
      ['five scenarios', fiveScenarios()],
      ['nine steps', nineSteps()],
    ])(
      '%s: nothing is out of sight in a wide window, and not without a sign in a narrow one',
      async (_, result) => {
        for (const width of [1440, 390]) {
          const { page, close } = await open(browser, renderHtml(result), { width });
          const wider = await page.evaluate<{ name: string; signs: string }[]>(WIDER);
          if (width === 1440) expect(wider).toEqual([]);
          else expect(wider.map(({ name }) => name)).toContain('Steps');
          for (const { signs } of wider) expect(signs).toBe('local, local, scroll, scroll');
          await close();
        }
      },
    );

    test('what is told of a statement fits into a phone, and no figure is parted from its unit', async () => {
      const { page, close } = await open(browser, renderHtml(failingResult()), { width: 390 });
      const ends: unknown = await page.evaluate(
        `[...document.querySelectorAll('details[open] .notes > *')].map((note) => note.getBoundingClientRect().right <= innerWidth)`,
      );
      expect(new Set(ends as boolean[])).toEqual(new Set([true]));
      const cells = await page.locator('.checks td.r, .tile span').allTextContents();
      expect(cells.filter((text) => / (?:ms|s|min)\b/.test(text))).toEqual([]);
      await close();
    });

    test('the policy forbids scripts, and one that was smuggled in is refused', async () => {
      const html = renderHtml(passingResult()).replace(
        '<main>',
        '<script>document.title="mine"</script><main>',
      );
      const { page, problems, close } = await open(browser, html);
      expect(await page.title()).toBe('PASS: split-customer-name, rehearsed 2026-11-22');
      expect(problems.join('\n')).toMatch(/Content Security Policy/);
      await close();
    });

    test.each(Object.entries(SAMPLES))('%s: hostile text in any field stays text', async (_name, result) => {
      const { page, problems, close } = await open(browser, renderHtml(withEverywhere(result, HOSTILE)));
      expect(problems).toEqual([]);
      expect(
        await page.locator('script, img, a:not([href^="playings/"]), iframe, object, form, link').count(),
      ).toBe(0);
      expect(await page.locator('h1').textContent()).toBe(`${result.rehearsal}${HOSTILE}`);
      const size: unknown = await page.evaluate('document.documentElement.scrollWidth');
      expect(size).toBe(1280);
      await close();
    });

    test.each([...samples, { name: 'five seconds', html: renderHtml(longResult(5)) }])(
      '$name: no two texts of the timeline overlap and none is cut off',
      async ({ html }) => {
        const { page, close } = await open(browser, html);
        for (const width of [1280, 390]) {
          await page.setViewportSize({ width, height: 900 });
          const overlaps: unknown = await page.evaluate(OVERLAPS);
          expect({ width, overlaps }).toEqual({ width, overlaps: [] });
        }
        await close();
      },
    );

    test('a phone and a window each see one timeline, and its letters stay readable', async () => {
      for (const [width, id] of [
        [1280, 'wide'],
        [390, 'narrow'],
      ] as const) {
        const { page, close } = await open(browser, renderHtml(failingResult()), { width });
        const seen: unknown = await page.evaluate(
          `[...document.querySelectorAll('svg.chart')].filter((svg) => svg.getBoundingClientRect().width > 0).map((svg) => svg.classList[1])`,
        );
        expect(seen).toEqual([id]);
        const scale: unknown = await page.evaluate(
          `(({ clientWidth, viewBox }) => clientWidth / viewBox.baseVal.width)(document.querySelector('svg.${id}'))`,
        );
        expect(scale).toBeGreaterThan(0.95);
        await close();
      }
    });

    test('paper shows the evidence of every step, on a light ground', async () => {
      const { page, close } = await open(browser, renderHtml(failingResult()), { colorScheme: 'dark' });
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      const ground: unknown = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(ground).toBe('rgb(255, 255, 255)');
      const closed = page.locator('details:not([open]) .statements').first();
      expect((await closed.boundingBox())?.height).toBeGreaterThan(20);
      await close();
    });
  },
);

const OPENED = `document.querySelectorAll('details:not([open])').forEach((element) => element.setAttribute('open', ''))`;

/** Boxes whose content is wider than they are, and how their shadows move: those that cover the others go with the content. */
const WIDER = `[...document.querySelectorAll('.scroll')].filter((box) => box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1)
  .map((box) => ({ name: box.getAttribute('aria-label'), signs: getComputedStyle(box).backgroundAttachment }))`;

/** Pairs of texts in the shown timeline whose boxes overlap by more than rounding, and texts that leave the picture. */
const OVERLAPS = `(() => {
  const svg = [...document.querySelectorAll('svg.chart')].find((one) => one.getBoundingClientRect().width > 0);
  const frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')].map((text) => ({ name: text.firstChild.textContent, box: text.getBoundingClientRect() }));
  const out = texts.filter(({ box }) => box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
  const pairs = texts.flatMap((a, at) => texts.slice(at + 1).filter((b) => {
    const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
    const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
    return wide > 1 && high > 3;
  }).map((b) => a.name + ' / ' + b.name));
  return [...out.map(({ name }) => name + ' is cut off'), ...pairs];
})()`;
