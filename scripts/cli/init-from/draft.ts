import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Makes a rehearsal's folder: all of it or nothing. @param dir absolute; not there yet. @throws what `fill` throws */
export async function asDraft<T>(dir: string, fill: (draft: string) => Promise<T>): Promise<T> {
  const parent = dirname(dir);
  const made = await mkdir(parent, { recursive: true });
  const draft = join(parent, `.init-${process.pid}`);
  await mkdir(draft);
  try {
    const filled = await fill(draft);
    await rename(draft, dir);
    return filled;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (made !== undefined) await rmdir(parent).catch(() => undefined); // others may have come to it meanwhile
    throw error;
  }
}

/** @param files their text by their path in the folder */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
