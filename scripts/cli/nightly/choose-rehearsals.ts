import { readFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import {
  locateRehearsal,
  REHEARSAL_FILE,
  rehearsalsIn,
  rehearsalsNear,
} from '../../plan/read/settings/locate.ts';
import { RehearsalError } from '../../shared/errors.ts';

/** A rehearsal of the night that has not been read yet: what is wrong in it is its own failure. */
export interface Chosen {
  /** Absolute. */
  readonly dir: string;
  /** As the caller knows it. */
  readonly shown: string;
  /** As its file says, else its folder's. */
  readonly name: string;
}

/**
 * Those that are named, be it by the folder that they lie in, else all below `rehearsals/` that say `nightly: true`. Sorted, each once.
 * @throws USAGE where there is none, REHEARSAL_NOT_FOUND for a name that is none
 */
export async function chooseRehearsals(named: readonly string[], cwd: string): Promise<Chosen[]> {
  const dirs = named.length === 0 ? await marked(cwd) : named.flatMap((name) => inside(name, cwd));
  if (dirs.length === 0) {
    throw new RehearsalError('USAGE', 'no rehearsal is marked nightly: true, and none is named', {
      hint: `name them, or write nightly: true into their ${REHEARSAL_FILE}`,
    });
  }
  return Promise.all(
    [...new Set(dirs)]
      .sort()
      .map(async (dir) => ({ dir, shown: relative(cwd, dir) || '.', name: await nameOf(dir) })),
  );
}

async function nameOf(dir: string): Promise<string> {
  const text = await readFile(join(dir, REHEARSAL_FILE), 'utf8');
  return /^name:\s*["']?([a-z0-9-]+)/m.exec(text)?.[1] ?? basename(dir);
}

function inside(name: string, cwd: string): string[] {
  const found = rehearsalsIn(resolve(cwd, name));
  return found.length > 0 ? found : [locateRehearsal(name, cwd).dir];
}

/** Looked at as text: one that cannot be read by a mistake shall fail in the night and not be forgotten. */
async function marked(cwd: string): Promise<string[]> {
  const dirs: string[] = [];
  for (const dir of rehearsalsNear(cwd)) {
    const text = await readFile(join(dir, REHEARSAL_FILE), 'utf8');
    if (/^nightly:\s*["']?true\b/m.test(text)) dirs.push(dir);
  }
  return dirs;
}
