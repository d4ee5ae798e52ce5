import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Is there a Cargo.toml in a folder above the file, as far up as its repository reaches? */
export async function isInRustProject(file: string): Promise<boolean> {
  for (let folder = dirname(file), last = file; folder !== last; last = folder, folder = dirname(folder)) {
    if (await isThere(join(folder, 'Cargo.toml'))) return true;
    if (await isThere(join(folder, '.git'))) return false;
  }
  return false;
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
