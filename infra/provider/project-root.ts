import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout: where Pulumi.yaml lies, and what relative paths in inputs and outputs start from. */
export const PROJECT_ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Relative where it lies inside the project, so that state means the same in every clone; else absolute. */
export function fromProjectRoot(path: string): string {
  const within = relative(PROJECT_ROOT, resolve(PROJECT_ROOT, path));
  const outside = within === '..' || within.startsWith(`..${sep}`) || isAbsolute(within);
  return outside ? resolve(PROJECT_ROOT, path) : within || '.';
}
