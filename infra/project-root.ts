import { isAbsolute, relative, resolve, sep } from 'node:path';
import { IS_PACKAGE, OWN_ROOT } from '../scripts/shared/places/own-files.mjs';

/** Where Pulumi.yaml lies, and what relative paths in inputs and outputs start from: the checkout, or the user's own Pulumi project, where the engine starts plugins. */
export const PROJECT_ROOT = IS_PACKAGE ? process.cwd() : OWN_ROOT;

/** Relative where it lies inside the project, so that state means the same in every clone; else absolute. */
export function fromProjectRoot(path: string): string {
  const within = relative(PROJECT_ROOT, resolve(PROJECT_ROOT, path));
  const outside = within === '..' || within.startsWith(`..${sep}`) || isAbsolute(within);
  return outside ? resolve(PROJECT_ROOT, path) : within || '.';
}
