import type pg from 'pg';
import type { LiveLimits } from '../../../plan/schema/schema-limits.ts';
import { formatMs, plural } from '../../../shared/text/format.ts';

/** What one look at a live server shows. Null = the user may not see it, or there is nothing to measure. */
export interface LoadLook {
  /** Sessions of others. */
  readonly activeSessions: number | null;
  readonly ioWaits: number | null;
  readonly replicationLagMs: number | null;
  /** Sessions of others that wait for a lock of ours. */
  readonly blocked: number;
  /** Sessions of ours that wait for a lock. */
  readonly ownWaits: number;
  /** Transactions that began since the oldest one that our snapshot holds on to. */
  readonly heldTransactions: number;
}

/**
 * `$1` is the application_name of the dump's sessions. What others do may be seen by members of pg_read_all_stats (PostgreSQL,
 * "Predefined Roles"); pg_locks and the sessions of one's own role by everybody. A standby without a WAL receiver tells no lag.
 */
const LOOK = `
with sessions as (
  select pid, state, wait_event_type, backend_type, backend_xmin, backend_xid, application_name = $1 as own
    from pg_stat_activity where pid <> pg_backend_pid()
), sees as (select pg_has_role(current_user, 'pg_read_all_stats', 'usage') as all)
select
  (select case when (select "all" from sees) then count(*) filter (where state = 'active' and backend_type = 'client backend') end
     from sessions where own is distinct from true)::int as "activeSessions",
  (select case when (select "all" from sees) then count(*) filter (where state = 'active' and wait_event_type = 'IO') end
     from sessions where own is distinct from true)::int as "ioWaits",
  (case when not pg_is_in_recovery() then (select max(extract(epoch from replay_lag)) from pg_stat_replication)
        when pg_last_wal_receive_lsn() is null then null
        when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
        else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) end * 1000)::float8 as "replicationLagMs",
  (select count(*) from (select distinct pid from pg_locks where not granted) as waiting
    where pg_blocking_pids(pid) && array(select s.pid from sessions as s where own))::int as blocked,
  (select count(*) from pg_locks as l join sessions as s on s.pid = l.pid and s.own where not l.granted)::int as "ownWaits",
  (select coalesce(max(age(backend_xmin)), 0) from sessions where own)::int as "heldTransactions"`;

/** @throws what PostgreSQL says */
export async function lookAtLoad(client: pg.Client, applicationName: string): Promise<LoadLook> {
  const { rows } = await client.query<LoadLook>(LOOK, [applicationName]);
  const [look] = rows;
  if (look === undefined) throw new Error('no answer');
  return look;
}

export const LOOK_MS = 1_000;
/** So many looks in a row above a limit: a second's peak is nobody's fault. */
const LOOKS = 5;
/** pg_dump keeps to `lockWait` where it locks tables, and sets no limit where it asks for the text of a view, say. */
const GRACE_LOOKS = 2;

/** Holds looks, a second apart, against the limits. */
export class LoadJudge {
  readonly #limits: LiveLimits;
  readonly #over = new Map<string, number>();

  constructor(limits: LiveLimits) {
    this.#limits = limits;
  }

  /** @returns why the dump has to be given up, as a clause; undefined where it may go on */
  add(look: LoadLook): string | undefined {
    const { activeSessions, ioWaits, replicationLag, blocking, lockWait } = this.#limits;
    const { replicationLagMs } = look;
    const tooLong = Math.ceil(blocking / LOOK_MS);
    const ownTooLong = Math.ceil(lockWait / LOOK_MS) + GRACE_LOOKS;
    const found = [
      this.#counts('blocked', look.blocked > 0, tooLong) &&
        `${sessions(look.blocked)} there waited for its locks (limits.blocking: ${formatMs(blocking)})`,
      this.#counts('own', look.ownWaits > 0, ownTooLong) &&
        `it had to wait for a lock of somebody else (limits.lockWait: ${formatMs(lockWait)})`,
      this.#counts('active', (look.activeSessions ?? 0) > activeSessions, LOOKS) &&
        `${sessions(look.activeSessions ?? 0)} were active there (limits.activeSessions: ${activeSessions})`,
      this.#counts('io', (look.ioWaits ?? 0) > ioWaits, LOOKS) &&
        `${sessions(look.ioWaits ?? 0)} waited for IO there (limits.ioWaits: ${ioWaits})`,
      this.#counts('lag', (replicationLagMs ?? 0) > replicationLag, LOOKS) &&
        `the replica was ${formatMs(replicationLagMs ?? 0)} behind (limits.replicationLag: ${formatMs(replicationLag)})`,
    ];
    return found.find((why) => why !== false);
  }

  #counts(what: string, isOver: boolean, enough: number): boolean {
    const count = isOver ? (this.#over.get(what) ?? 0) + 1 : 0;
    this.#over.set(what, count);
    return count >= enough;
  }
}

function sessions(count: number): string {
  return plural(count, 'session');
}
