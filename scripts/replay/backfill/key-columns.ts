import type { PgClient } from '../../pg/client.ts';

/** How one column of a key is ordered and compared: by the index that leads with the key, else by the column's own type. */
export interface KeyColumn {
  /** As it is compared: the column as the author wrote it, with the index's collation where that is another. */
  readonly sql: string;
  /** As a cast takes it, whatever the search_path: of a domain what it is made of, since a stored value may break a constraint that is NOT VALID. No modifier: `character(26)` is `pg_catalog.bpchar`. */
  readonly type: string;
  /** The type's binary output; null where it has none and its values travel as text. */
  readonly send: string | null;
  readonly isDescending: boolean;
  readonly isNullsFirst: boolean;
  /** `<`, `<=`, `=`, `>=`, `>` of the operator class, as an expression takes them. */
  readonly operators: Operators;
}

type Operators = readonly [less: string, atMost: string, equal: string, atLeast: string, greater: string];

const PLAIN: Operators = ['<', '<=', '=', '>=', '>'];

interface Found {
  readonly collation: string | null;
  readonly type: string | null;
  readonly send: string | null;
  readonly option: number | null;
  readonly operators: Operators | null;
}

/** One row for each column, in order; nulls of one that the table does not have. A key is only as fast as the index that it goes along, so that the order is the index's. */
const COLUMNS = `
  with recursive named as (
    select n.place::int - 1 as place, a.attnum, a.atttypid, a.attcollation
      from pg_catalog.unnest($2::text[]) with ordinality n (written, place)
      left join pg_catalog.pg_attribute a on a.attrelid = $1::pg_catalog.regclass
       and a.attname = (pg_catalog.parse_ident(n.written))[1]::pg_catalog.name),
  based as (
    select place, atttypid as type from named
    union all
    select b.place, t.typbasetype from based b join pg_catalog.pg_type t on t.oid = b.type and t.typtype = 'd'),
  schemas as (select oid, pg_catalog.quote_ident(nspname) as name from pg_catalog.pg_namespace),
  index as (
    select i.indclass, i.indoption, i.indcollation
      from pg_catalog.pg_index i
      join pg_catalog.pg_class c on c.oid = i.indexrelid
      join pg_catalog.pg_am m on m.oid = c.relam and m.amname = 'btree'
      join named n on n.attnum = i.indkey[n.place] and n.place < i.indnkeyatts
     where i.indrelid = $1::pg_catalog.regclass and i.indisvalid and i.indpred is null
     group by i.indexrelid, i.indclass, i.indoption, i.indcollation, i.indnkeyatts
    having pg_catalog.count(*) = pg_catalog.cardinality($2::text[])
     order by pg_catalog.count(*) filter (where i.indoption[n.place] <> 0 or i.indcollation[n.place] <> n.attcollation),
              i.indnkeyatts, i.indexrelid
     limit 1)
  select tn.name || '.' || pg_catalog.quote_ident(t.typname) as type,
         sn.name || '.' || pg_catalog.quote_ident(s.proname) as send,
         index.indoption[n.place]::int as option,
         case when l.oid <> n.attcollation then ln.name || '.' || pg_catalog.quote_ident(l.collname) end as collation,
         (select pg_catalog.array_agg(pg_catalog.format('operator(%I.%s)', pn.nspname, p.oprname) order by f.amopstrategy)
            from pg_catalog.pg_amop f
            join pg_catalog.pg_operator p on p.oid = f.amopopr
            join pg_catalog.pg_namespace pn on pn.oid = p.oprnamespace
           where f.amopfamily = o.opcfamily and f.amoplefttype = o.opcintype and f.amoprighttype = o.opcintype
             and f.amoppurpose = 's') as operators
    from named n
    left join index on true
    left join based b on b.place = n.place and not exists (select from pg_catalog.pg_type d where d.oid = b.type and d.typtype = 'd')
    left join pg_catalog.pg_type t on t.oid = b.type
    left join schemas tn on tn.oid = t.typnamespace
    left join pg_catalog.pg_proc s on s.oid = t.typsend
    left join schemas sn on sn.oid = s.pronamespace
    left join pg_catalog.pg_collation l on l.oid = index.indcollation[n.place]
    left join schemas ln on ln.oid = l.collnamespace
    left join pg_catalog.pg_opclass o on o.oid = coalesce(index.indclass[n.place], (
      select d.oid from pg_catalog.pg_opclass d join pg_catalog.pg_am m on m.oid = d.opcmethod and m.amname = 'btree'
       where d.opcdefault and d.opcintype = t.oid))
   order by n.place`;

/**
 * @param columns as the author wrote them
 * @throws the error of PostgreSQL when the table is not there
 */
export async function readKeyColumns(
  client: PgClient,
  table: string,
  columns: readonly string[],
): Promise<KeyColumn[]> {
  const { rows } = await client.query<Found>(COLUMNS, [table, [...columns]]);
  return columns.map((written, place) => {
    const { type = null, send = null, option = null, collation = null, operators = null } = rows[place] ?? {};
    return {
      sql: collation === null ? written : `${written} collate ${collation}`,
      type: type ?? 'text',
      send,
      isDescending: ((option ?? 0) & 1) !== 0,
      isNullsFirst: ((option ?? 0) & 2) !== 0,
      operators: operators?.length === PLAIN.length ? operators : PLAIN,
    };
  });
}
