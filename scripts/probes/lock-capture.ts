import type { LockEntry } from '../artifacts/records/records.ts';
import { FIRST_USER_OID, partitionOf, type Catalog, type CatalogEntry } from './catalog.ts';

/**
 * What a session holds, asked in that session itself behind each statement of a transaction: exact, because nobody else
 * can change it meanwhile. Sent in the same flight as the statement, so that it adds about 0.1 ms to the hold.
 * Everything is qualified: the author's search_path is in force here.
 */
export const CAPTURE = `
  select (pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_catalog.pg_lsn)::pg_catalog.text,
         (select coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(
                   l.relation::pg_catalog.int8, l.mode, n.nspname || '.' || c.relname, c.relkind,
                   pg_catalog.pg_relation_filenode(c.oid)::pg_catalog.int8,
                   case when c.relkind in ('r', 'm', 't', 'i') then pg_catalog.pg_relation_size(c.oid) else 0 end,
                   case when c.relkind in ('r', 'm') then pg_catalog.pg_stat_get_xact_tuples_returned(c.oid) end)), '[]')
            from pg_catalog.pg_locks l
            left join pg_catalog.pg_class c on c.oid = l.relation
            left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
           where l.pid = pg_catalog.pg_backend_pid() and l.locktype = 'relation' and l.granted
             and l.relation >= ${FIRST_USER_OID}),
         (select pg_catalog.count(*)::pg_catalog.int4 from pg_catalog.pg_locks l
           where l.pid = pg_catalog.pg_backend_pid() and not l.fastpath)`;

type CaptureLock = [
  oid: number,
  mode: string,
  name: string | null,
  kind: string | null,
  filenode: number | null,
  size: number | null,
  /** Rows that the session read of it by sequential scans and has not handed over to the statistics. */
  scanned?: number | null,
];
export type CaptureRow = [wal: string, locks: CaptureLock[], slots: number];

/** Everything that CAPTURE reads, and that a role can be kept from; the functions are checked in the same way. */
export const MAY_CAPTURE = `
  select pg_catalog.has_table_privilege('pg_catalog.pg_locks', 'select')
     and pg_catalog.has_table_privilege('pg_catalog.pg_class', 'select')
     and pg_catalog.has_table_privilege('pg_catalog.pg_namespace', 'select')
     and pg_catalog.has_function_privilege('pg_catalog.pg_current_wal_insert_lsn()', 'execute')
     and pg_catalog.has_function_privilege('pg_catalog.pg_relation_filenode(regclass)', 'execute')
     and pg_catalog.has_function_privilege('pg_catalog.pg_stat_get_xact_tuples_returned(oid)', 'execute')
     and pg_catalog.has_function_privilege('pg_catalog.pg_relation_size(regclass, text)', 'execute')`;
export type MayCaptureRow = [mayCapture: boolean];

export interface Capture {
  /** Insert position of the WAL in bytes. */
  readonly walPosition: number;
  readonly locks: readonly LockEntry[];
  /** Entries of the shared lock table that the session has taken. */
  readonly slots: number;
  /** Relations whose storage was replaced since `before`: rewritten, reindexed or truncated. */
  readonly rewrote: readonly string[];
  /** Growth of the locked relations against `before`. */
  readonly sizeChangeBytes: number;
  /** `before`, brought up to date for the relations that were seen. */
  readonly after: Catalog;
}

export interface CatalogStates {
  /** Before the statement. */
  readonly before: Catalog;
  /** Before its transaction: the names by which other sessions know the relations until it commits. */
  readonly committed: Catalog;
  /** Before the step: what was not there then, nobody else can wait for. */
  readonly existing: Catalog;
}

/** Reads an answer to CAPTURE against the catalog as it was. */
export function readCapture(row: CaptureRow, { before, committed, existing }: CatalogStates): Capture {
  const changes = new Map<number, CatalogEntry | null>();
  const rewrote = new Set<string>();
  const locks: LockEntry[] = [];
  let sizeChangeBytes = 0;
  const seen = new Set<number>();
  for (const [oid, mode, name, kind, filenode, size] of row[1]) {
    const known = before.get(oid);
    const relation = committed.get(oid)?.name ?? name ?? known?.name;
    const whole = partitionOf(oid, before);
    // Made and dropped again inside the statement (the copy of a rewrite): nobody ever saw it.
    if (relation === undefined) continue;
    // A TOAST table is locked together with its owner; naming both would only say it twice.
    if (!relation.startsWith('pg_toast.'))
      locks.push({
        relation,
        mode,
        existedBefore: existing.has(oid),
        ...(whole === undefined ? {} : { partitionOf: whole }),
      });
    if (seen.has(oid)) continue;
    seen.add(oid);
    const now =
      name === null ? undefined : { ...known, name, kind: kind ?? 'r', filenode, sizeBytes: size ?? 0 };
    sizeChangeBytes += (now?.sizeBytes ?? 0) - (known?.sizeBytes ?? 0);
    if (!isSame(known, now)) changes.set(oid, now ?? null);
    if (known && now && !relation.startsWith('pg_toast.') && wasRewritten(known, now)) rewrote.add(relation);
  }
  return {
    walPosition: Number(row[0]),
    locks,
    slots: row[2],
    rewrote: [...rewrote],
    sizeChangeBytes,
    after: before.with(changes),
  };
}

function isSame(before: CatalogEntry | undefined, after: CatalogEntry | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  const { name, kind, filenode, sizeBytes } = before;
  return (
    name === after.name && kind === after.kind && filenode === after.filenode && sizeBytes === after.sizeBytes
  );
}

function wasRewritten(before: CatalogEntry, after: CatalogEntry): boolean {
  return before.filenode !== null && after.filenode !== null && before.filenode !== after.filenode;
}

/** The locks of `now` that were not held in that mode before. */
export function newLocks(now: readonly LockEntry[], before: readonly LockEntry[]): LockEntry[] {
  const held = new Set(before.map(({ relation, mode }) => `${relation} ${mode}`));
  return now.filter(({ relation, mode }) => !held.has(`${relation} ${mode}`));
}
