import type { BrokenConstraint } from '../../../artifacts/records/of-plan/schema-records.ts';
import { withConnection, type PgClient } from '../../../pg/client.ts';
import type { PgEndpoint } from '../../../pg/endpoint.ts';
import { isConnectionLoss, isFromPostgres } from '../../../pg/pg-error.ts';
import { monotonicMs } from '../../../shared/clock.ts';
import { FIRST_USER_OID } from '../../catalog.ts';

/** What lets rows in that a valid constraint does not allow, or calls a constraint valid that was not looked at. */
const LETS_IN =
  /disable\s+trigger|session_replication_role|\bpg_(constraint|trigger)\b|replace\s+function|alter\s+function/i;

/** Whether after such a statement a constraint that the catalog calls valid may be broken. */
export function mayLetIn(sql: string): boolean {
  return LETS_IN.test(sql);
}

const COUNT_TIMEOUT = '5s';
/** All of them together; what is not counted by then is not known. */
const LONGEST_MS = 20_000;
const LOCK_TIMEOUT = '500ms';
const MOST_COUNTED = 1_000_000;
/** A schema with more of them is counted as far as this goes. */
const MOST_CONSTRAINTS = 200;

/** Columns of PostgreSQL 18: a constraint that is not enforced; a foreign key over a period. */
const IS_PLAIN = `coalesce((to_jsonb(k)->>'conenforced')::boolean, true) and not coalesce((to_jsonb(k)->>'conperiod')::boolean, false)`;
const table = (oid: string): string =>
  `(select quote_ident(n.nspname) || '.' || quote_ident(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ${oid})`;

/**
 * Each constraint with a query for the rows that break it. MATCH FULL allows all columns to be NULL or none, MATCH SIMPLE any
 * (PostgreSQL's reference of CREATE TABLE, REFERENCES); a check lets NULL pass. Constraints without triggers or code are not
 * asked for: nothing lets rows past them.
 */
const CONSTRAINTS = `
  select k.oid::bigint, case k.contype when 'f' then 'foreign key' else 'check' end, k.conname, n.nspname || '.' || c.relname,
         case k.contype when 'f' then format('select from %s f where %s and not exists (select from %s p where %s)',
           ${table('k.conrelid')},
           (select case when k.confmatchtype = 'f' then 'not (' || string_agg(format('f.%I is null', a.attname), ' and ') || ')'
                        else string_agg(format('f.%I is not null', a.attname), ' and ') end
              from unnest(k.conkey) u(num) join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num),
           ${table('k.confrelid')},
           (select string_agg(format('p.%I operator(%I.%s) f.%I', b.attname, n.nspname, o.oprname, a.attname), ' and ')
              from unnest(k.conkey, k.confkey, k.conpfeqop) u(num, ref, op)
              join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num
              join pg_attribute b on b.attrelid = k.confrelid and b.attnum = u.ref
              join pg_operator o on o.oid = u.op join pg_namespace n on n.oid = o.oprnamespace))
         else format('select from only %s where not (%s)', ${table('k.conrelid')}, pg_get_expr(k.conbin, k.conrelid)) end
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
   where k.convalidated and ${IS_PLAIN} and k.oid >= ${FIRST_USER_OID} and c.relkind in ('r', 'p')
     and (k.contype = 'f' and k.conparentid = 0
          or k.contype = 'c' and exists (select from pg_depend d where d.classid = 'pg_constraint'::regclass and d.objid = k.oid
                                           and d.refclassid = 'pg_proc'::regclass and d.refobjid >= ${FIRST_USER_OID}))
   order by 1 limit ${MOST_CONSTRAINTS}`;

type Row = [oid: string, kind: BrokenConstraint['kind'], name: string, relation: string, rowsOf: string];

/** Rows that break each of these constraints, by oid; null where they could not be counted in time. */
export type Broken = ReadonlyMap<number, Omit<BrokenConstraint, 'rowsBefore'>>;

/** @throws where the connection is lost */
export async function countBroken(endpoint: PgEndpoint): Promise<Broken> {
  return withConnection(endpoint, 'setup', async (client) => {
    await client.query(`set statement_timeout = '${COUNT_TIMEOUT}'; set lock_timeout = '${LOCK_TIMEOUT}';
       set default_transaction_read_only = on`);
    const { rows } = await client.query<Row>({ text: CONSTRAINTS, rowMode: 'array' });
    const found = new Map<number, Omit<BrokenConstraint, 'rowsBefore'>>();
    const endMs = monotonicMs() + LONGEST_MS;
    for (const [oid, kind, name, relation, rowsOf] of rows) {
      const broken = monotonicMs() < endMs ? await counted(client, rowsOf) : null;
      found.set(Number(oid), { oid: Number(oid), kind, name, relation, rows: broken });
    }
    return found;
  });
}

async function counted(client: PgClient, rowsOf: string): Promise<number | null> {
  try {
    const { rows } = await client.query<{ rows: number }>(
      `select count(*)::int as rows from (${rowsOf} limit ${MOST_COUNTED}) broken`,
    );
    return rows[0]?.rows ?? null;
  } catch (error) {
    if (!isFromPostgres(error) || isConnectionLoss(error)) throw error;
    return null;
  }
}

/** Those that more rows break than before; one that could not be counted is told where it was none before. */
export function newlyBroken(before: Broken, now: Broken): BrokenConstraint[] {
  return [...now.values()].flatMap((one) => {
    const rowsBefore = before.get(one.oid)?.rows ?? null;
    const isMore = one.rows === null ? rowsBefore !== null : one.rows > (rowsBefore ?? 0);
    return isMore ? [{ ...one, rowsBefore }] : [];
  });
}
