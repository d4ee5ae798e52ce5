import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outside } from './surface.ts';

/** Writes a document where the caller wants it, else under its own name into the run folder; or prints it. */
export async function toFile(
  { isDryRun, print, note, file, runFolder }: Outside,
  name: string,
  text: string,
): Promise<void> {
  if (isDryRun) {
    print(text.trimEnd());
    return;
  }
  const path = file ?? join(runFolder, name);
  await writeFile(path, text);
  note(`written to ${path}`);
}
