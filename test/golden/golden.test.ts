import { readdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RunFolder } from '../../scripts/artifacts/run-folder.ts';
import { sealRun } from '../../scripts/artifacts/seal.ts';
import { judge } from '../../scripts/checks/judge.ts';
import { resultSchema } from '../../scripts/checks/result/contract/result.ts';
import { renderHtml } from '../../scripts/report/html/page.tsx';
import { renderJunit } from '../../scripts/report/junit.ts';
import { renderMarkdown } from '../../scripts/report/markdown.ts';

/*
 * Stored run folders and the results that they were judged to. After a change that is meant:
 *   UPDATE_GOLDEN=1 npx vitest run test/golden
 * and read the difference.
 */
const runs = readdirSync(import.meta.dirname, { withFileTypes: true }).filter(
  (entry) => entry.isDirectory() && entry.name !== 'simulator' && entry.name !== 'report',
);

test.each(runs.map(({ name }) => name))('the stored run %s is judged as before', async (name) => {
  const folder = RunFolder.open(join(import.meta.dirname, name));
  if (process.env['UPDATE_GOLDEN'] === '1') await seal(folder);
  const { result } = await judge(folder);
  const stored = folder.file('result.json');
  if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(stored, `${JSON.stringify(result, null, 1)}\n`);
  expect(resultSchema.parse(result)).toEqual(result);
  expect(result).toEqual(JSON.parse(await readFile(stored, 'utf8')));
});

test.each(runs.map(({ name }) => name))('the stored run %s can be shown in every form', async (name) => {
  const { result } = await judge(RunFolder.open(join(import.meta.dirname, name)));
  for (const shown of [renderHtml(result), renderMarkdown(result), renderJunit(result)]) {
    expect(shown).toContain(result.runId);
    expect(shown).not.toMatch(/undefined|NaN|\[object/);
  }
});

/** What was changed on purpose is whole again. */
async function seal(folder: RunFolder): Promise<void> {
  await rm(folder.file('result.json'), { force: true });
  const run = await folder.readDocument('run');
  if (run) await sealRun(folder, run);
}
