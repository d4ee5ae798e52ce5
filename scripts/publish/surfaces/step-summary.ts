import { appendFile, stat } from 'node:fs/promises';
import { RehearsalError } from '../../shared/errors.ts';
import { renderMarkdown } from '../../report/markdown.ts';
import { renderComment } from '../comment.ts';
import type { Publication } from '../publication.ts';
import type { Outside, Surface } from '../surface.ts';

/** Of a step; GitHub shows nothing of a longer one. */
const MOST_BYTES = 1024 ** 2;

export const stepSummary: Surface = {
  what: 'the summary of a GitHub job: the whole report as text',
  publish: async (publication, outside) => {
    if (outside.isDryRun) {
      outside.print(summaryText(publication, MOST_BYTES));
      return;
    }
    const path = outside.env['GITHUB_STEP_SUMMARY'];
    if (path === undefined || path === '') {
      throw new RehearsalError('USAGE', 'GITHUB_STEP_SUMMARY is not set: this is no step of a GitHub job', {
        hint: '--dry-run prints the summary instead',
      });
    }
    await addToSummary(publication, path, outside);
  },
};

async function addToSummary(publication: Publication, path: string, { note }: Outside): Promise<void> {
  const taken = (await stat(path).catch(() => undefined))?.size ?? 0;
  const text = summaryText(publication, MOST_BYTES - taken);
  if (text === '') {
    note('the summary of this step is full: the run is not in it');
    return;
  }
  await appendFile(path, `${text}\n`);
  note('added to the summary of the step');
}

/** The report with what changed; the comment's text where that is too long; empty where neither has room. */
function summaryText(publication: Publication, mostBytes: number): string {
  const short = renderComment(publication);
  const full = `${renderMarkdown(publication.result)}\n<details><summary>In short, and against the last good run</summary>\n\n${short}\n</details>\n`;
  return [full, short].find((text) => Buffer.byteLength(text) < mostBytes) ?? '';
}
