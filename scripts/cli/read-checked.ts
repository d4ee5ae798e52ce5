import { relative } from 'node:path';
import type { Rehearsal } from '../plan/model.ts';
import type { Io } from './output/io.ts';

/**
 * A rehearsal whose every input has been read: the YAML, its files, the SQL, the workload scripts, and the ends of its snapshot.
 * Needs no database.
 * @throws InputError with all mistakes
 */
export async function readChecked(dir: string, { cwd, env }: Io): Promise<Rehearsal> {
  const [{ readRehearsal }, { workloadMistakes }, { snapshotMistake }] = await Promise.all([
    import('../plan/read.ts'),
    import('../load/scripts/parse-versions.ts'),
    import('../snapshot/whole-file.ts'),
  ]);
  const shownPath = (path: string): string => relative(cwd, path);
  return readRehearsal(dir, {
    cwd,
    env,
    lookInto: { scripts: (versions) => workloadMistakes(versions, shownPath), snapshot: snapshotMistake },
  });
}

/** For people: one path of `rehearsal.outside`. */
export function outsideNote(path: string): string {
  return `reads ${path}, which lies outside the rehearsal's folder`;
}
