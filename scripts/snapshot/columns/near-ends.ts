import type pg from 'pg';
import type { SnapshotRecord } from '../../artifacts/records/records.ts';

/** From this share of its numbers on a sequence is told: a table that lives on will meet its end. */
const NEAR_SHARE = 0.9;

/** Ascending ones that do not begin again; where a column that they fill is narrower, that is their end. */
const SEQUENCES = `
  with fills as (
    select d.objid as seq, d.refobjid as rel, d.refobjsubid::int2 as att
      from pg_catalog.pg_depend d
     where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
       and d.deptype in ('a', 'i') and d.refobjsubid > 0
    union
    select d.refobjid, f.adrelid, f.adnum
      from pg_catalog.pg_depend d join pg_catalog.pg_attrdef f on d.classid = 'pg_catalog.pg_attrdef'::regclass and f.oid = d.objid
     where d.refclassid = 'pg_catalog.pg_class'::regclass
  ), ends as (
    select s.seqrelid, s.seqmin, s.seqincrement, s.seqstart, s.seqmax,
           a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, null) as type,
           case a.atttypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647 end::int8 as widest
      from pg_catalog.pg_sequence s
      left join fills f on f.seq = s.seqrelid
      left join pg_catalog.pg_attribute a on a.attrelid = f.rel and a.attnum = f.att
     where s.seqincrement > 0 and not s.seqcycle
  )
  select n.nspname || '.' || c.relname as sequence, t.relname || '.' || e.attname as column,
         case when e.widest <= e.seqmax then e.type end as "columnType",
         greatest(0, (least(e.seqmax, e.widest) - l.value) / e.seqincrement)::text as "numbersLeft",
         ((l.value - e.seqmin)::float8 / greatest(1, least(e.seqmax, e.widest) - e.seqmin)) as "usedShare"
    from ends e
    join pg_catalog.pg_class c on c.oid = e.seqrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join pg_catalog.pg_class t on t.oid = e.attrelid
   cross join lateral (select coalesce(pg_catalog.pg_sequence_last_value(e.seqrelid), e.seqstart) as value) l
   where (l.value - e.seqmin)::float8 >= ${NEAR_SHARE} * greatest(1, least(e.seqmax, e.widest) - e.seqmin)
   order by 1, 2`;

type Row = Omit<NonNullable<SnapshotRecord['nearEnds']>[number], 'numbersLeft'> & { numbersLeft: string };

/** Sequences that have given out nine tenths of their numbers or more. */
export async function readNearEnds(client: pg.Client): Promise<NonNullable<SnapshotRecord['nearEnds']>> {
  const { rows } = await client.query<Row>(SEQUENCES);
  return rows.map((row) => ({ ...row, numbersLeft: Number(row.numbersLeft) }));
}
