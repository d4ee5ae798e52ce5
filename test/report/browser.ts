import { chromium, type Browser, type Page } from 'playwright-core';

export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** The distribution's Chromium; as root it runs only without its sandbox. */
export async function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}

interface View {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
  /** Lets a test add a script of its own; the page's policy forbids all scripts. */
  readonly bypassCSP?: boolean;
}

/** Opens `html` as its reader does, without a network, and returns what went wrong or over the wire meanwhile. */
export async function open(
  browser: Browser,
  html: string,
  { width = 1280, colorScheme = 'light', bypassCSP = false }: View = {},
): Promise<{ page: Page; problems: string[]; close: () => Promise<void> }> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme,
    bypassCSP,
    offline: true,
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => problems.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
  page.on('request', (request) => problems.push(`request: ${request.url()}`));
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.setContent(html, { waitUntil: 'load' });
  return { page, problems, close: () => context.close() };
}
