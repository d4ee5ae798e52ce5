import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser } from 'playwright-core';
import { open } from './browser.ts';

/** All that can change with the colours alone. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/**
 * What axe finds in a page at each width, each as `<width> px, <scheme>: <rule>: <element>`. A scheme changes colours and nothing
 * else: in the dark only the rules about them are asked again.
 */
export async function violations(
  browser: Browser,
  html: string,
  widths: readonly number[],
): Promise<string[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const { page, close } = await open(browser, html, { bypassCSP: true });
  await page.addScriptTag({ content: axe });
  // Text over a gradient is left out by axe; these stand at the edges, where more is to come.
  await page.addStyleTag({ content: '.scroll{background:none!important}' });
  const found: string[] = [];
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const rules = colorScheme === 'light' ? {} : { runOnly: OF_COLOURS };
      const told = await page.evaluate<string[]>(
        `axe.run(document, ${JSON.stringify({ resultTypes: ['violations'], ...rules })}).then(({ violations }) =>
        violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ': ' + node.target.join(' '))))`,
      );
      found.push(...told.map((one) => `${width} px, ${colorScheme}: ${one}`));
    }
  }
  await close();
  return found;
}
