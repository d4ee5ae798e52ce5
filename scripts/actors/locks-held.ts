import type { Control } from './control.ts';

/** Does a backend have a relation in this mode, such as AccessShareLock? */
export async function holdsLock(control: Control, pid: number, oid: number, mode: string): Promise<boolean> {
  const rows = await control.rows(
    'select 1 from pg_locks where pid = $1 and relation = $2::oid and mode = $3 and granted limit 1',
    [pid, oid, mode],
  );
  return rows.length > 0;
}
