import type {
  ForeignKey,
  PublishedTable,
  RowTrigger,
  TableIndex,
} from '../../../artifacts/records/of-plan/dependency-records.ts';
import type { PgClient } from '../../../pg/client.ts';
import type { VersionedMap } from '../../../shared/versioned-map.ts';
import { FIRST_USER_OID } from '../../catalog.ts';

/** What the app's statements lean on without naming it, by keys that outlast a rename. */
export interface DependencyStock {
  readonly indexes: VersionedMap<string, TableIndex>;
  /** By the oid of a table, or of an index over expressions. */
  readonly statistics: VersionedMap<string, TableStatistics>;
  /** Those whose referring columns no index leads with. */
  readonly bareKeys: VersionedMap<string, ForeignKey>;
  readonly triggers: ReadonlyMap<string, RowTrigger>;
  /** Functions that an index was built with. */
  readonly functions: ReadonlyMap<string, IndexedFunction>;
  readonly published: ReadonlyMap<string, PublishedTable>;
}

export interface TableStatistics {
  readonly table: string;
  /** Those that have a row in pg_statistic. */
  readonly columns: readonly string[];
  /** All that there are. */
  readonly present: readonly string[];
}

interface IndexedFunction {
  readonly name: string;
  /** md5 of its definition. */
  readonly definition: string;
  /** Their storage by their name: another one is another build. */
  readonly indexes: Readonly<Record<string, number>>;
}

const named = (oid: string): string =>
  `(select s.nspname || '.' || r.relname from pg_class r join pg_namespace s on s.oid = r.relnamespace where r.oid = ${oid})`;
const columnsOf = (relation: string, numbers: string): string =>
  `array(select a.attname::text from unnest(${numbers}) with ordinality x (attnum, place)
           join pg_attribute a on a.attrelid = ${relation} and a.attnum = x.attnum order by x.place)`;

/* Each answers with a key that outlasts a rename, and the object. */

/** Of all relations, or of those with the oids of $1 and the indexes on them. */
export const INDEXES = `
  select i.indexrelid::text,
         jsonb_build_object('name', c.relname, 'table', ${named('i.indrelid')},
           'columns', ${columnsOf('i.indrelid', 'i.indkey::int2[]')},
           'isUnique', i.indisunique, 'isPartial', i.indpred is not null)
    from pg_index i join pg_class c on c.oid = i.indexrelid
   where i.indexrelid >= ${FIRST_USER_OID} and i.indisvalid and i.indisready and not c.relispartition
     and c.relnamespace <> 'pg_toast'::regnamespace`;
export const INDEXES_OF = `${INDEXES} and (i.indexrelid = any ($1::oid[]) or i.indrelid = any ($1::oid[]))`;

/** With the rows that it has in pg_statistic: one column can have two. */
const statistics = (ofRelations: string, ofStatistics: string): string => `
  select c.oid::text,
         jsonb_build_object('table', ${named('c.oid')}, 'present', array_agg(a.attname order by a.attnum),
           'columns', coalesce(array_agg(a.attname order by a.attnum) filter (where k.staattnum is not null), '{}')),
         coalesce(sum(k.rows), 0)::int
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join (select starelid, staattnum, count(*) as rows from pg_statistic ${ofStatistics} group by 1, 2) k
           on k.starelid = c.oid and k.staattnum = a.attnum
   where c.oid >= ${FIRST_USER_OID} and c.relkind in ('r', 'p', 'm', 'i') ${ofRelations}
   group by c.oid`;
export const STATISTICS = statistics('', '');
export const STATISTICS_OF = statistics('and c.oid = any ($1::oid[])', 'where starelid = any ($1::oid[])');

/** With the table that it is of. Only an index that leads with one of the referring columns, over all rows or all that are not NULL, helps the other side. */
export const BARE_KEYS = `
  select k.oid::text,
         jsonb_build_object('name', k.conname, 'table', ${named('k.conrelid')},
           'columns', ${columnsOf('k.conrelid', 'k.conkey')},
           'refersTo', ${named('k.confrelid')}, 'referred', ${columnsOf('k.confrelid', 'k.confkey')}),
         k.conrelid::text
    from pg_constraint k
   where k.contype = 'f' and k.conparentid = 0 and k.oid >= ${FIRST_USER_OID}
     and not exists (
       select from pg_index i
        where i.indrelid = k.conrelid and i.indisvalid and i.indkey[0] = any (k.conkey)
          and (i.indpred is null or i.indpred::text ~ '^.NULLTEST .*:nulltesttype 1'))`;

export const BARE_KEYS_OF = `${BARE_KEYS} and k.conrelid = any ($1::oid[])`;

/** tgtype: 1 = for each row, 4 = INSERT, 8 = DELETE, 16 = UPDATE (PostgreSQL's catalog/pg_trigger.h). */
const TRIGGERS = `
  select t.oid::text,
         jsonb_build_object('name', t.tgname, 'table', ${named('t.tgrelid')}, 'function', p.proname,
           'events', array_remove(array[case when t.tgtype & 4 > 0 then 'insert' end,
             case when t.tgtype & 16 > 0 then 'update' end, case when t.tgtype & 8 > 0 then 'delete' end], null))
    from pg_trigger t join pg_proc p on p.oid = t.tgfoid
   where not t.tgisinternal and t.tgtype & 1 > 0 and t.tgenabled in ('O', 'A') and t.oid >= ${FIRST_USER_OID}`;

const FUNCTIONS = `
  select p.oid::text,
         jsonb_build_object('name', p.proname, 'definition', md5(pg_get_functiondef(p.oid)),
           'indexes', jsonb_object_agg(c.relname, c.relfilenode::bigint))
    from pg_depend d join pg_proc p on p.oid = d.refobjid join pg_class c on c.oid = d.objid
   where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_proc'::regclass and c.relkind in ('i', 'I')
     and p.oid >= ${FIRST_USER_OID}
   group by p.oid`;

/** Which columns are published can be said since PostgreSQL 15. */
const PUBLISHED = `
  select c.oid::text,
         jsonb_build_object('table', t.schemaname || '.' || t.tablename, 'publications', array_agg(distinct t.pubname),
           'columns', (select jsonb_object_agg(a.attname, format_type(a.atttypid, a.atttypmod))
                         from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
           'listed', array(select distinct x from pg_publication_tables o,
                             jsonb_array_elements_text(to_jsonb(o)->'attnames') x
                            where o.schemaname = t.schemaname and o.tablename = t.tablename))
    from pg_publication_tables t
    join pg_namespace n on n.nspname = t.schemaname join pg_class c on c.relnamespace = n.oid and c.relname = t.tablename
   group by c.oid, t.schemaname, t.tablename`;

/** Call with `search_path = pg_catalog`. @throws what PostgreSQL says */
export async function readFew(
  client: PgClient,
): Promise<Pick<DependencyStock, 'triggers' | 'functions' | 'published'>> {
  return {
    triggers: new Map((await client.query<[string, RowTrigger]>(asArrays(TRIGGERS))).rows),
    functions: new Map((await client.query<[string, IndexedFunction]>(asArrays(FUNCTIONS))).rows),
    published: new Map((await client.query<[string, PublishedTable]>(asArrays(PUBLISHED))).rows),
  };
}

function asArrays(text: string): { text: string; rowMode: 'array' } {
  return { text, rowMode: 'array' };
}
