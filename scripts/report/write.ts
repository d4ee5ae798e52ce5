import type { Judged } from '../checks/judge.ts';
import { resultSchema } from '../checks/result/contract/result.ts';
import { renderHtml } from './html/page.tsx';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { notesOf } from './notes.ts';

/** Writes result.json, report.html, report.md and junit.xml into the run folder, and into that of each performance. */
export async function writeReports({ folder, result, performances }: Judged): Promise<void> {
  const checked = resultSchema.parse(result);
  const notes = await notesOf(folder);
  await folder.writeFile('result.json', `${JSON.stringify(checked, null, 2)}\n`);
  await folder.writeFile('report.html', renderHtml(checked, notes));
  await folder.writeFile('report.md', renderMarkdown(checked, notes));
  await folder.writeFile('junit.xml', renderJunit(checked));
  for (const performance of performances) await writeReports(performance);
}
