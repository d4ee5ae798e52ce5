import type { UnfinishedObject } from '../../artifacts/records/of-plan/schema-records.ts';
import type { Asker } from '../../pg/asker.ts';
import { FIRST_USER_OID } from '../catalog.ts';
import type { Touched } from '../touched/touched.ts';

/** A constraint that is not enforced (PostgreSQL 18) is never validated; older versions have no such column. */
const IS_ENFORCED = `coalesce((to_jsonb(k)->>'conenforced')::boolean, true)`;
/** The column came with PostgreSQL 14. */
const IS_DETACHING = `coalesce((to_jsonb(h)->>'inhdetachpending')::boolean, false)`;

const named = (oid: string): string =>
  `(select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ${oid})`;

/** Relations of $1 alone; null = all. The planner knows which, and leaves the other half out. */
const among = (...oids: string[]): string =>
  `($1::oid[] is null or ${oids.map((oid) => `${oid} = any ($1::oid[])`).join(' or ')})`;

/** Opens no relation, so that no lock of anybody's can hold it up. With the relation by which each is read again. */
const UNFINISHED = `
  select case c.relkind when 'I' then 'partitioned-index' else 'index' end, i.indexrelid::bigint,
         ${named('i.indexrelid')}, ${named('i.indrelid')}, c.relispartition,
         case c.relkind when 'I' then array(
           select ${named('h.inhrelid')} from pg_inherits h
            where h.inhparent = i.indrelid and not exists (
              select from pg_inherits a join pg_index x on x.indexrelid = a.inhrelid
               where a.inhparent = i.indexrelid and x.indrelid = h.inhrelid and x.indisvalid) order by 1) else '{}' end,
         i.indrelid::bigint
    from pg_index i join pg_class c on c.oid = i.indexrelid
   where not (i.indisvalid and i.indisready and i.indislive) and i.indexrelid >= ${FIRST_USER_OID}
     and ${among('i.indexrelid', 'i.indrelid')}
   union all
  select 'constraint', k.oid::bigint, quote_ident(k.conname), ${named('k.conrelid')}, k.conislocal is false, '{}', k.conrelid::bigint
    from pg_constraint k
   where not k.convalidated and k.conrelid <> 0 and k.conparentid = 0 and k.oid >= ${FIRST_USER_OID} and ${IS_ENFORCED}
     and ${among('k.conrelid')}
   union all
  select 'domain-constraint', k.oid::bigint, quote_ident(k.conname), quote_ident(n.nspname) || '.' || quote_ident(d.typname), false, '{}', null
    from pg_constraint k join pg_type d on d.oid = k.contypid join pg_namespace n on n.oid = d.typnamespace
   where not k.convalidated and k.oid >= ${FIRST_USER_OID}
   union all
  select 'detached-partition', h.inhrelid::bigint, ${named('h.inhrelid')}, ${named('h.inhparent')}, true, '{}', h.inhrelid::bigint
    from pg_inherits h where h.inhrelid >= ${FIRST_USER_OID} and ${IS_DETACHING}
     and ${among('h.inhrelid')}
   union all
  select 'trigger', t.oid::bigint, quote_ident(t.tgname), ${named('t.tgrelid')}, false, '{}', t.tgrelid::bigint
    from pg_trigger t where t.tgenabled = 'D' and not t.tgisinternal and t.oid >= ${FIRST_USER_OID}
     and ${among('t.tgrelid')}
   union all
  select 'trigger', min(t.oid::bigint), quote_ident(k.conname), ${named('t.tgrelid')}, true, '{}', t.tgrelid::bigint
    from pg_trigger t join pg_constraint k on k.oid = t.tgconstraint
   where t.tgenabled = 'D' and t.tgisinternal and t.oid >= ${FIRST_USER_OID}
     and ${among('t.tgrelid')} group by k.oid, k.conname, t.tgrelid
   union all
  select 'prepared-transaction', p.transaction::text::bigint, quote_literal(p.gid), '', false, array(
           select distinct ${named('l.relation')} from pg_locks l join pg_locks x
               on x.pid is null and x.locktype = 'transactionid' and x.virtualtransaction = l.virtualtransaction
            where l.pid is null and l.relation >= ${FIRST_USER_OID} and x.transactionid = p.transaction
              and exists (select from pg_class t where t.oid = l.relation and t.relkind in ('r', 'p', 'm')) order by 1), null
    from pg_prepared_xacts p where p.database = current_database()
   union all
  select 'unlogged-table', u.oid::bigint, ${named('u.oid')}, ${named('u.oid')}, false, '{}', u.oid::bigint
    from pg_class u where u.relpersistence = 'u' and u.relkind = 'r' and u.oid >= ${FIRST_USER_OID}
     and ${among('u.oid')}
   union all
  select 'replication-slot', 0, quote_literal(s.slot_name), '', false, '{}', null
    from pg_replication_slots s where s.database = current_database() and not s.active and not s.temporary
   order by 1, 2`;

type Row = [
  ...[kind: UnfinishedObject['kind'], oid: string, name: string | null, relation: string | null],
  ...[isPart: boolean, lacking: string[], relationOid: string | null],
];

/** What is left half done, as far as it is of relations. */
interface Found {
  readonly object: UnfinishedObject;
  /** Null = of none: it is read each time. */
  readonly relationOid: number | null;
}

/** @throws what PostgreSQL says */
export async function readUnfinished(client: Asker): Promise<UnfinishedObject[]> {
  return (await read(client, null)).map(({ object }) => object);
}

/** Reads the first time all, then that of relations which were touched, and what was found before. */
export class UnfinishedReader {
  readonly #touched: Touched;
  #found: readonly Found[] = [];
  #position: number | undefined;

  constructor(touched: Touched) {
    this.#touched = touched;
  }

  /** @throws what PostgreSQL says */
  async read(client: Asker): Promise<UnfinishedObject[]> {
    const { oids, position } = this.#touched.since(this.#position);
    const known = this.#found.flatMap(({ relationOid }) => relationOid ?? []);
    this.#found = await read(client, oids === null ? null : [...new Set([...oids, ...known])]);
    this.#position = position;
    return this.#found.map(({ object }) => object);
  }
}

async function read(client: Asker, oids: readonly number[] | null): Promise<Found[]> {
  const { rows } = await client.query<Row>({ text: UNFINISHED, values: [oids], rowMode: 'array' });
  return rows.flatMap(([kind, oid, name, relation, isPart, lacking, relationOid]) =>
    // Dropped between the catalogs' rows.
    name === null || relation === null
      ? []
      : [
          {
            object: { kind, oid: Number(oid), name, relation, isPart, lacking },
            relationOid: relationOid === null ? null : Number(relationOid),
          },
        ],
  );
}
