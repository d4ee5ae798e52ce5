import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The first program of that name on PATH, as an absolute path. */
export async function findOnPath(name: string): Promise<string | undefined> {
  for (const folder of pathFolders()) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

export function pathFolders(): string[] {
  return (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
