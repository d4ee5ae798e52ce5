import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RunFolder } from '../../scripts/artifacts/run-folder.ts';
import { renderHtml } from '../../scripts/report/html/page.tsx';
import { renderJunit } from '../../scripts/report/junit.ts';
import { renderMarkdown } from '../../scripts/report/markdown.ts';
import { writeReports } from '../../scripts/report/write.ts';
import { failingResult } from './sample-failures.ts';
import { passingResult } from './sample-result.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rehearse-report-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('a run folder gets the result and its three reports', async () => {
  const result = failingResult();
  await writeReports({ folder: await RunFolder.create(join(dir, 'run')), result, playings: [] });
  const read = (name: string): Promise<string> => readFile(join(dir, 'run', name), 'utf8');
  expect(JSON.parse(await read('result.json'))).toEqual(result);
  expect(await read('report.html')).toBe(renderHtml(result));
  expect(await read('report.md')).toBe(renderMarkdown(result));
  expect(await read('junit.xml')).toBe(renderJunit(result));
  expect((await readdir(join(dir, 'run'))).sort()).toEqual(
    ['artifacts', 'junit.xml', 'plan', 'report.html', 'report.md', 'result.json'].sort(),
  );
});

test('a result that breaks its own schema is not written', async () => {
  const folder = await RunFolder.create(join(dir, 'run'));
  await expect(
    writeReports({ folder, result: passingResult({ victimThresholdMs: -1 }), playings: [] }),
  ).rejects.toThrow(/victimThresholdMs/);
  expect(await readdir(join(dir, 'run'))).not.toContain('result.json');
});

test('a report that cannot be made takes no other with it, and is said at the end', async () => {
  const [whole, part] = [await RunFolder.create(join(dir, 'run')), await RunFolder.create(join(dir, 'part'))];
  const renderers = {
    'report.html': (): string => {
      throw new TypeError('no such figure');
    },
    'report.md': renderMarkdown,
  };
  const result = failingResult();
  const playings = [{ folder: part, result, playings: [] }];
  await expect(writeReports({ folder: whole, result, playings }, renderers)).rejects.toThrow(
    'report.html, report.html could not be made: no such figure',
  );
  for (const name of ['run', 'part'])
    expect(await readdir(join(dir, name))).toEqual(expect.arrayContaining(['report.md']));
});
