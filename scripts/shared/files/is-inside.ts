import { relative, sep } from 'node:path';

/** Is `path` the folder itself, or below it? */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !way.startsWith(sep) && !/^[a-z]:/i.test(way);
}
