import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Rehearsal } from '../plan/model.ts';
import type { RunFolder } from './run-folder.ts';

/**
 * Keeps the exact bytes that are rehearsed in the run folder's `plan/`, with SHA256SUMS as sha256sum(1) writes and checks it.
 * @returns sha256 of SHA256SUMS: one hash for the whole plan
 */
export async function copyPlan(folder: RunFolder, rehearsal: Rehearsal): Promise<string> {
  const lines: string[] = [];
  for (const file of rehearsal.files) {
    const kept = insideFolder(file);
    const path = folder.file('plan', kept);
    await mkdir(dirname(path), { recursive: true });
    await copyFile(join(rehearsal.dir, file), path);
    lines.push(`${sha256(await readFile(path))}  ${kept}`);
  }
  const sums = `${lines.join('\n')}\n`;
  await writeFile(folder.file('plan', 'SHA256SUMS'), sums);
  return sha256(sums);
}

/** `../shared/generate.sql` → `_up/shared/generate.sql`: files beside the rehearsal's folder are kept inside the plan's. */
function insideFolder(file: string): string {
  return file.replaceAll('\\', '/').replace(/(^|\/)\.\.(?=\/)/g, '$1_up');
}

function sha256(data: Buffer | string): string {
  return createHash('sha256').update(data).digest('hex');
}
