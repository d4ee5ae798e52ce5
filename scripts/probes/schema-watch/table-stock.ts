import type { Asker } from '../../pg/asker.ts';
import { FIRST_USER_OID } from '../catalog.ts';

/** A table that holds rows itself, as the catalogs and the statistics show it: nothing of it is read. */
export interface TableStock {
  readonly oid: number;
  /** `schema.name` */
  readonly name: string;
  /** For SQL. */
  readonly quotedName: string;
  readonly filenode: number | null;
  /** ANALYZE's or VACUUM's estimate. */
  readonly estimatedRows: number;
  readonly pages: number;
  /** By the statistics: committed changes since they began or were put right by ANALYZE or VACUUM. */
  readonly liveRows: number;
  /** How often ANALYZE or VACUUM has put `liveRows` right. */
  readonly recounts: number;
  /** Rows deleted since the statistics began, also by transactions that were rolled back. */
  readonly deletedRows: number;
  /** Rows that sequential scans have read since the statistics began. */
  readonly readRows: number;
  /** Oid of the table that it is a part of, by PARTITION OF or INHERITS; null = none. */
  readonly parent: number | null;
}

/** Whatever is as it mostly is (no quotes, no parent) is left out: of many tables the sending takes longest. */
const tables = (among = '', amongParts = ''): string => `
  select c.oid::bigint, n.nspname || '.' || c.relname,
         nullif(quote_ident(n.nspname) || '.' || quote_ident(c.relname), n.nspname || '.' || c.relname),
         nullif(c.relfilenode, 0)::bigint, greatest(c.reltuples, 0)::float8, pg_stat_get_tuples_deleted(c.oid),
         pg_stat_get_tuples_returned(c.oid), greatest(c.relpages, 0), pg_stat_get_live_tuples(c.oid),
         pg_stat_get_vacuum_count(c.oid) + pg_stat_get_autovacuum_count(c.oid)
           + pg_stat_get_analyze_count(c.oid) + pg_stat_get_autoanalyze_count(c.oid),
         h.inhparent::bigint
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join (select distinct on (inhrelid) inhrelid, inhparent from pg_inherits ${amongParts} order by inhrelid, inhseqno) h
           on h.inhrelid = c.oid
   where c.relkind in ('r', 'p') and c.relpersistence <> 't' and c.oid >= ${FIRST_USER_OID} ${among}`;
const TABLES = tables();
const TABLES_OF = tables('and c.oid = any ($1::oid[])', 'where inhrelid = any ($1::oid[])');

type Row = [
  oid: string,
  name: string,
  quotedName: string | null,
  filenode: string | null,
  rows: number,
  deleted: string | null,
  read: string | null,
  pages: number,
  live: string | null,
  recounts: string | null,
  parent: string | null,
];

interface Moment {
  /** The oldest transaction that is not over: rows of older ones were there before. */
  readonly xid: string;
  /** Other than before where a schema has another name: its relations have it too then, and none of them was locked for it. */
  readonly schemas: string;
}

const MOMENT = `
  select (pg_snapshot_xmin(pg_current_snapshot())::text::numeric % 4294967296)::text,
         (select md5(string_agg(oid || ' ' || nspname, ',' order by oid)) from pg_catalog.pg_namespace where nspname !~ '^pg_')`;

/** @throws what PostgreSQL says */
export async function readMoment(client: Asker): Promise<Moment> {
  const { rows } = await client.query<[string, string | null]>({ text: MOMENT, rowMode: 'array' });
  const [xid, schemas] = rows[0] ?? ['0', null];
  return { xid, schemas: schemas ?? '' };
}

/** By oid. @param of those that may be tables; absent = all @throws what PostgreSQL says */
export async function readTables(client: Asker, of?: readonly number[]): Promise<Map<number, TableStock>> {
  const { rows } = await client.query<Row>({
    ...(of === undefined ? { text: TABLES } : { text: TABLES_OF, values: [of] }),
    rowMode: 'array',
  });
  return new Map(
    rows.map(
      ([oid, name, quotedName, filenode, estimatedRows, deleted, read, pages, live, recounts, parent]) => [
        Number(oid),
        {
          oid: Number(oid),
          name,
          quotedName: quotedName ?? name,
          estimatedRows,
          pages,
          liveRows: Number(live),
          recounts: Number(recounts),
          filenode: filenode === null ? null : Number(filenode),
          deletedRows: Number(deleted),
          readRows: Number(read),
          parent: parent === null ? null : Number(parent),
        },
      ],
    ),
  );
}
