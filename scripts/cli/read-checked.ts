import { relative } from 'node:path';
import type { Rehearsal } from '../plan/model.ts';
import type { Io } from './output/io.ts';

/**
 * A rehearsal whose every input has been read: the YAML, its files, the SQL, the workload scripts, and the ends of its snapshot.
 * Needs no database.
 * @param since of the command line: a git ref, or `ledger`, for a plan by `migrations`
 * @throws InputError with all mistakes
 */
export async function readChecked(dir: string, { cwd, env }: Io, since?: string): Promise<Rehearsal> {
  const [{ readRehearsal }, { workloadMistakes }] = await Promise.all([
    import('../plan/read.ts'),
    import('../load/scripts/parse-versions.ts'),
  ]);
  const shownPath = (path: string): string => relative(cwd, path);
  return readRehearsal(dir, {
    cwd,
    env,
    since,
    lookInto: {
      scripts: (versions) => workloadMistakes(versions, shownPath),
      snapshot: async (...file) => (await import('../snapshot/whole-file.ts')).snapshotMistake(...file),
      ledger: async (snapshot, folder) =>
        (await import('../snapshot/read-ledger.ts')).readLedger(snapshot, folder, cwd),
    },
  });
}

/** For people: one path of `rehearsal.outside`. */
export function outsideNote(path: string): string {
  return `reads ${path}, which lies outside the rehearsal's folder`;
}
