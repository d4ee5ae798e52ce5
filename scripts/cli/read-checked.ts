import { relative } from 'node:path';
import type { Rehearsal } from '../plan/model.ts';
import type { Io } from './io.ts';

/**
 * A rehearsal whose every input has been read: the YAML, its files, the SQL and the workload scripts. Needs no database.
 * @throws InputError with all mistakes
 */
export async function readChecked(dir: string, { cwd, env }: Io): Promise<Rehearsal> {
  const [{ readRehearsal }, { workloadMistakes }] = await Promise.all([
    import('../plan/read.ts'),
    import('../load/parse-versions.ts'),
  ]);
  const shownPath = (path: string): string => relative(cwd, path);
  return readRehearsal(dir, { cwd, env, mistakesOf: (versions) => workloadMistakes(versions, shownPath) });
}

/** For people: one path of `rehearsal.outside`. */
export function outsideNote(path: string): string {
  return `reads ${path}, which lies outside the rehearsal's folder`;
}
