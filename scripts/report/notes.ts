import { z } from 'zod';
import type { RunFolder } from '../artifacts/run-folder.ts';
import { readPlainFile } from '../shared/files/plain-file.ts';

/** Beside the evidence and not of it: a word of a reviewer changes no verdict. */
export const NOTES_FILE = 'notes.ndjson';

const noteSchema = z.object({ at: z.string(), by: z.string(), text: z.string() });

/** What a reviewer wrote of a run. */
export type ReviewNote = z.infer<typeof noteSchema>;

/** In their order; a line that cannot be read is left out, and without the file there are none. */
export async function notesOf(folder: Pick<RunFolder, 'file'>): Promise<ReviewNote[]> {
  const text = await readPlainFile(folder.file(NOTES_FILE)).catch(() => Buffer.alloc(0));
  return text
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const note = noteSchema.safeParse(parsed(line));
      return note.success ? [note.data] : [];
    });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
