import { RehearsalError } from '../../shared/errors.ts';

/** @throws SNAPSHOT_INVALID where one of several databases is asked of an archive, which holds one */
export function requireText(database: string | undefined, shown: string): void {
  if (database === undefined) return;
  throw new RehearsalError(
    'SNAPSHOT_INVALID',
    `${shown} is an archive of one database, and snapshot.database asks for ${database} of several`,
    { hint: 'Leave snapshot.database out.' },
  );
}
