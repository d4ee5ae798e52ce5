import { FIRST_USER_OID } from './catalog.ts';

/** `oid` is the relation's; `waitedMs` is null for a lock that is held, `blockers` is then empty. */
export type LookRow = [
  pid: number,
  locktype: string,
  mode: string,
  oid: string | null,
  granted: boolean,
  waitedMs: string | null,
  /** Since 1970. */
  waitStartMs: string | null,
  blockers: number[],
];

const ON_TABLES = `l.locktype = 'relation' and l.relation >= ${FIRST_USER_OID} and l.mode <> 'AccessShareLock'`;

/**
 * Who waits, and for whom; and what the backend $1 holds or wants, where one is given. In one look, because reading the lock
 * table is what costs; telling of all of it would cost several times as much with many backends.
 */
export const LOOK = {
  name: 'rehearse_look',
  rowMode: 'array' as const,
  text: `select l.pid, l.locktype, l.mode, l.relation::bigint, l.granted,
                extract(epoch from clock_timestamp() - l.waitstart) * 1000, extract(epoch from l.waitstart) * 1000,
                case when l.granted then '{}' else pg_blocking_pids(l.pid) end
           from pg_locks l where not l.granted or (l.pid = $1 and ${ON_TABLES})`,
};

/**
 * What a foreign command holds or wants: every client's backend that is none of ours ($2) and that came, or began its
 * transaction, since $1. What a session calls itself says nothing.
 */
export const FOREIGN_LOCKS = {
  name: 'rehearse_foreign_locks',
  rowMode: 'array' as const,
  text: `select l.pid, l.locktype, l.mode, l.relation::bigint, l.granted, null, null, '{}'::int[]
           from pg_locks l join pg_stat_activity a on a.pid = l.pid
          where ${ON_TABLES} and a.datname = current_database() and a.backend_type = 'client backend'
            and a.pid <> all($2::int[])
            and (a.backend_start >= $1::timestamptz or a.xact_start >= $1::timestamptz)`,
};
