import type { Judged } from '../checks/result/contract/judged.ts';
import { resultSchema, type Result } from '../checks/result/contract/result.ts';
import { asError } from '../shared/errors.ts';
import { comparedOf, type Compared } from './compared.ts';
import { renderHtml } from './html/page.tsx';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { notesOf } from './notes.ts';

type Notes = Awaited<ReturnType<typeof notesOf>>;
type Renderers = Readonly<Record<string, (result: Result, notes: Notes, compared?: Compared) => string>>;

/** What is written of every run, by the name of its file. */
const RENDERERS: Renderers = {
  'result.json': resultText,
  'report.html': renderHtml,
  'report.md': renderMarkdown,
  'junit.xml': renderJunit,
};

/** A longer one is not laid out for people, which would make it half as long again. */
const LAID_OUT_CHARACTERS = 2 ** 20;

function resultText(result: Result): string {
  const text = JSON.stringify(result);
  return `${text.length > LAID_OUT_CHARACTERS ? text : JSON.stringify(result, null, 2)}\n`;
}

/**
 * Writes result.json, report.html, report.md and junit.xml into the run folder, and into that of each playing.
 * @throws Error at the end, where one of them could not be made: the others are there by then
 */
export async function writeReports(judged: Judged, renderers: Renderers = RENDERERS): Promise<void> {
  const failures = await writeAll(judged, renderers);
  const [first] = failures;
  if (first === undefined) return;
  const files = failures.map(({ file }) => file).join(', ');
  throw new Error(`${files} could not be made: ${first.error.message}`, { cause: first.error });
}

async function writeAll(
  { folder, result, playings }: Judged,
  renderers: Renderers,
): Promise<{ file: string; error: Error }[]> {
  const checked = resultSchema.parse(result);
  const notes = await notesOf(folder);
  const compared = await comparedOf(folder);
  const failures: { file: string; error: Error }[] = [];
  for (const [file, render] of Object.entries(renderers)) {
    let text: string;
    try {
      text = render(checked, notes, compared);
    } catch (error) {
      failures.push({ file, error: asError(error) });
      continue;
    }
    await folder.writeFile(file, text);
  }
  for (const playing of playings) failures.push(...(await writeAll(playing, renderers)));
  return failures;
}
