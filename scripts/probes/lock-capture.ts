import type { LockEntry } from '../artifacts/records/records.ts';
import { FIRST_USER_OID, partitionOf, type Catalog, type CatalogEntry } from './catalog.ts';

/** Rows that the session read and wrote of a relation, and has not handed over to the statistics; it grows as long as its transaction lasts. */
const doneWith = (oid: string): string =>
  ['returned', 'inserted', 'updated', 'deleted']
    .map((what) => `pg_catalog.pg_stat_get_xact_tuples_${what}(${oid})`)
    .join(' + ');

/**
 * What a session has locked, asked in that session itself behind each statement of a transaction: exact, because nobody else
 * can change it meanwhile. Sent in the same flight as the statement, so that it adds about 0.1 ms to the hold. What is known by now
 * ($1 and $2: relations and modes; $3 to $5: relations, their storage and what was done with them) is told again only where it
 * is other than it was: a transaction may hold thousands. Each list is compared by hashing or sorting, whatever the planner thinks of
 * its length. Everything is qualified: the author's search_path is in force here.
 */
export const CAPTURE = `
  with mine as materialized (
    select l.locktype, l.relation, l.mode, l.granted, l.fastpath
      from pg_catalog.pg_locks l where l.pid = pg_catalog.pg_backend_pid()),
  taken as materialized (
    select relation, mode from mine where locktype = 'relation' and granted and relation >= ${FIRST_USER_OID}
    except select * from rows from (pg_catalog.unnest($1::pg_catalog.oid[]), pg_catalog.unnest($2::pg_catalog.text[])) known),
  other as materialized (
    select known.oid from rows from (pg_catalog.unnest($3::pg_catalog.oid[]), pg_catalog.unnest($4::pg_catalog.int8[]),
                                     pg_catalog.unnest($5::pg_catalog.int8[])) known (oid, filenode, done)
     where coalesce(pg_catalog.pg_relation_filenode(known.oid)::pg_catalog.int8, 0) <> known.filenode
        or ${doneWith('known.oid')} <> known.done),
  met (oid, mode) as (
    select relation, mode from taken
    union all
    select oid, null from (
      (select oid from other union
       (select indexrelid from pg_catalog.pg_index where indrelid = any (array(select oid from other))
        intersect select pg_catalog.unnest($3::pg_catalog.oid[])))
      except select relation from taken) again)
  select (pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_catalog.pg_lsn)::pg_catalog.text,
         (select coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(
                   met.oid::pg_catalog.int8, met.mode, n.nspname || '.' || c.relname, c.relkind,
                   pg_catalog.pg_relation_filenode(c.oid)::pg_catalog.int8,
                   case when c.relkind in ('r', 'm', 't', 'i') then pg_catalog.pg_relation_size(c.oid) else 0 end,
                   case when c.relkind in ('r', 'm') then pg_catalog.pg_stat_get_xact_tuples_returned(c.oid) end,
                   ${doneWith('met.oid')})), '[]')
            from met
            left join pg_catalog.pg_class c on c.oid = met.oid
            left join pg_catalog.pg_namespace n on n.oid = c.relnamespace),
         (select pg_catalog.count(*)::pg_catalog.int4 from mine where not fastpath)`;

export type CaptureLock = [
  oid: number,
  /** Null = it was held before, in every mode, and is other than it was. */
  mode: string | null,
  name: string | null,
  kind: string | null,
  filenode: number | null,
  size: number | null,
  /** Rows that the session read of it by sequential scans and has not handed over to the statistics. */
  scanned?: number | null,
  /** Rows that it read and wrote of it. */
  done?: number,
];
export type CaptureRow = [wal: string, locks: CaptureLock[], slots: number];

/** Everything that CAPTURE reads, and that a role can be kept from; the functions are checked in the same way. */
export const MAY_CAPTURE = `
  select pg_catalog.has_table_privilege('pg_catalog.pg_locks', 'select')
     and pg_catalog.has_table_privilege('pg_catalog.pg_class', 'select')
     and pg_catalog.has_table_privilege('pg_catalog.pg_namespace', 'select')
     and pg_catalog.has_function_privilege('pg_catalog.pg_current_wal_insert_lsn()', 'execute')
     and pg_catalog.has_function_privilege('pg_catalog.pg_relation_filenode(regclass)', 'execute')
     and pg_catalog.has_table_privilege('pg_catalog.pg_index', 'select')
     and (select pg_catalog.bool_and(pg_catalog.has_function_privilege(
                   'pg_catalog.pg_stat_get_xact_tuples_' || what || '(oid)', 'execute'))
            from pg_catalog.unnest('{returned,inserted,updated,deleted}'::pg_catalog.text[]) what)
     and pg_catalog.has_function_privilege('pg_catalog.pg_relation_size(regclass, text)', 'execute')`;
export type MayCaptureRow = [mayCapture: boolean];

export interface Capture {
  /** Insert position of the WAL in bytes. */
  readonly walPosition: number;
  /** What was not held before. */
  readonly newLocks: readonly LockEntry[];
  /** Entries of the shared lock table that the session has taken. */
  readonly slots: number;
  /** Relations whose storage was replaced since `before`: rewritten, reindexed or truncated. */
  readonly rewrote: readonly string[];
  /** Growth of the relations that are other than before, against `before`. */
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
    if (mode !== null && !relation.startsWith('pg_toast.'))
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
    newLocks: locks,
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
