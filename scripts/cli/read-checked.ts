import { relative } from 'node:path';
import type { Rehearsal } from '../plan/model.ts';
import type { Io } from './io.ts';

/**
 * A rehearsal whose every input has been read: the YAML, its files, the SQL and the workload scripts. Needs no database.
 * @throws InputError with all mistakes
 */
export async function readChecked(dir: string, { cwd, env }: Io): Promise<Rehearsal> {
  const [{ readRehearsal }, { parseVersions }] = await Promise.all([
    import('../plan/read.ts'),
    import('../load/parse-versions.ts'),
  ]);
  const rehearsal = await readRehearsal(dir, { cwd, env });
  parseVersions(rehearsal.load, (path) => relative(cwd, path));
  return rehearsal;
}

/** For people: one path of `rehearsal.outside`. */
export function outsideNote(path: string): string {
  return `reads ${path}, which lies outside the rehearsal's folder`;
}
