import { createHash } from 'node:crypto';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Rehearsal } from '../plan/model.ts';
import { readPlainFile } from '../shared/files/plain-file.ts';
import type { RunFolder } from './run-folder.ts';

/**
 * Keeps the exact bytes that are rehearsed in the run folder's `plan/`, with SHA256SUMS as sha256sum(1) writes and checks it.
 * @returns sha256 of SHA256SUMS: one hash for the whole plan
 */
export async function copyPlan(folder: RunFolder, rehearsal: Rehearsal): Promise<string> {
  for (const file of rehearsal.files) {
    const path = folder.file('plan', insideFolder(file));
    await mkdir(dirname(path), { recursive: true });
    await copyFile(join(rehearsal.dir, file), path);
  }
  const sums = await checksums(rehearsal.files, (file) => folder.file('plan', insideFolder(file)));
  await writeFile(folder.file('plan', 'SHA256SUMS'), sums);
  return sha256(sums);
}

/** What `copyPlan` would return now. */
export async function planSha256({ dir, files }: Rehearsal): Promise<string> {
  return sha256(await checksums(files, (file) => join(dir, file)));
}

async function checksums(files: readonly string[], pathOf: (file: string) => string): Promise<string> {
  const lines: string[] = [];
  for (const file of files)
    lines.push(`${sha256(await readPlainFile(pathOf(file)))}  ${insideFolder(file)}\n`);
  return lines.join('');
}

/** `../shared/generate.sql` → `_up/shared/generate.sql`: files beside the rehearsal's folder are kept inside the plan's. */
function insideFolder(file: string): string {
  return file.replaceAll('\\', '/').replace(/(^|\/)\.\.(?=\/)/g, '$1_up');
}

function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}
