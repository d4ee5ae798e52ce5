import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunFolder } from '../artifacts/run-folder.ts';
import { readResult } from '../checks/result/contract/former-names.ts';
import { comparedOf } from './compared.ts';
import { renderHtml } from './html/page.tsx';
import { renderMarkdown } from './markdown.ts';
import { notesOf } from './notes.ts';

/**
 * The pages for people, from the result as it is; a result that cannot be read stays as it is.
 * @param path absolute: a run folder
 */
export async function renderAgain(path: string): Promise<void> {
  const result = readResult(await resultIn(path));
  if (result === undefined) return;
  const folder = RunFolder.open(path);
  const notes = await notesOf(folder);
  await folder.writeFile('report.html', renderHtml(result, notes, await comparedOf(folder)));
  await folder.writeFile('report.md', renderMarkdown(result, notes));
}

async function resultIn(path: string): Promise<unknown> {
  const text = await readFile(join(path, 'result.json'), 'utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
