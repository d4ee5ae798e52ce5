import { RehearsalError } from '../../../shared/errors.ts';
import type { PgRestore } from '../../archive/find-pg-restore.ts';

/**
 * The one for a server of that major version: pg_dump refuses a server that is newer than itself, and of those that do not, the
 * oldest writes what the fewest versions of pg_restore cannot read.
 * @param programs newest first
 * @throws RESTORE_FAILED where there is none
 */
export function choosePgDump(programs: readonly PgRestore[], serverMajor: number, shown: string): PgRestore {
  const chosen = programs.filter(({ major }) => major >= serverMajor).at(-1);
  if (chosen) return chosen;
  const [newest] = programs;
  const here = newest ? `the newest pg_dump here is ${newest.major}` : 'no pg_dump is installed here';
  throw new RehearsalError('RESTORE_FAILED', `${shown} is PostgreSQL ${serverMajor}, and ${here}`, {
    hint: `apt-get install postgresql-client-${serverMajor}`,
  });
}
