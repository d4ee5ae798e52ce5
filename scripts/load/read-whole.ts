import { relative } from 'node:path';
import type { Rehearsal } from '../plan/model.ts';

interface Reader {
  /** As of `readRehearsal`. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * A rehearsal whose every input has been read: the YAML, its files, the SQL, the workload scripts, the ends of its snapshot, and
 * for `since: ledger` the table of migrations in it. Needs no database.
 * @param since a git ref, or `ledger`, for a plan by `migrations`; it wins over what the rehearsal says
 * @throws InputError with all mistakes
 */
export async function readWhole(dir: string, { cwd, env }: Reader, since?: string): Promise<Rehearsal> {
  const [{ readRehearsal }, { workloadMistakes }] = await Promise.all([
    import('../plan/read.ts'),
    import('./scripts/parse-versions.ts'),
  ]);
  const shownPath = (path: string): string => relative(cwd, path);
  return readRehearsal(dir, {
    cwd,
    env,
    since,
    lookInto: {
      scripts: (versions) => workloadMistakes(versions, shownPath),
      snapshot: async (path, shown) =>
        (await import('../snapshot/whole-file.ts')).snapshotMistake(path, shown),
      ledger: async (snapshot, folder) =>
        (await import('../snapshot/read-ledger.ts')).readLedger(snapshot, folder, cwd),
    },
  });
}
