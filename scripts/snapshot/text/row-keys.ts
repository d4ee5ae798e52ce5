import type pg from 'pg';
import type { RowKey } from '../../artifacts/records/records.ts';

/**
 * One key of every table that has any: columns that are NOT NULL and unique together by a whole, valid index (a constraint
 * that can be deferred does not count). The primary key comes first, then the one with the fewest columns.
 */
export async function readRowKeys(client: pg.Client): Promise<RowKey[]> {
  const { rows } = await client.query<Omit<RowKey, 'settable'> & { settable: string | null }>(
    `select distinct on (c.oid) n.nspname || '.' || c.relname as relation, k.columns,
            (select a.attname::text from pg_catalog.pg_attribute as a
              where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                and a.attgenerated = '' and a.attidentity <> 'a'
              order by a.attname::text = any(k.columns), a.attnum limit 1) as settable
       from pg_catalog.pg_index as i
       join pg_catalog.pg_class as c on c.oid = i.indrelid
       join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
      cross join lateral (
        select array_agg(a.attname::text order by p.place) as columns, bool_and(a.attnotnull) as is_set, count(*) as width
          from unnest(i.indkey::int2[]) with ordinality as p (attnum, place)
          join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum = p.attnum
         where p.place <= i.indnkeyatts) as k
      where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null and i.indexprs is null
        and k.is_set
      order by c.oid, i.indisprimary desc, k.width, i.indexrelid`,
  );
  return rows
    .sort((a, b) => a.relation.localeCompare(b.relation))
    .map(({ settable, ...key }) => (settable === null ? key : { ...key, settable }));
}
