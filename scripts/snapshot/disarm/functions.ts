import type pg from 'pg';
import type { Disarmed } from '../../artifacts/records/records.ts';
import type { Arm } from './arm.ts';
import { callingOut, callsOutByItself, EMPTIED, mayCallOut, type KnownFunction } from './calling-out.ts';
import { named } from './foreign.ts';

/** What an emptied function does, by what it gives: nothing, in PL/pgSQL. */
const NOTHING = `case
  when p.prorettype = 'trigger'::regtype then 'begin if tg_op = ''DELETE'' then return old; end if; return new; end'
  when p.proretset then 'begin return; end'
  when p.prokind = 'p' or p.prorettype in ('void'::regtype, 'event_trigger'::regtype)
    or p.proargmodes && '{o,b}'::"char"[] then 'begin end'
  else 'begin return null; end' end`;

const FUNCTIONS = `
  select p.oid::int8::float8 as oid, n.nspname::text as schema, p.proname::text as name, l.lanname::text as language,
         not l.lanpltrusted as "isUntrusted", p.prosrc as source,
         (select e.extname::text from pg_catalog.pg_depend as d join pg_catalog.pg_extension as e on e.oid = d.refobjid
           where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
             and d.refclassid = 'pg_catalog.pg_extension'::regclass limit 1) as extension
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    join pg_catalog.pg_language as l on l.oid = p.prolang
   where n.nspname not in ('pg_catalog', 'information_schema') and p.prokind in ('f', 'p')`;

/** Owner, grants, volatility and the rest stay, which CREATE OR REPLACE would reset. */
const EMPTY = `
  update pg_catalog.pg_proc as p
     set prolang = (select oid from pg_catalog.pg_language where lanname = 'plpgsql'), probin = null,
         prosrc = $2 || E'\\n' || ${NOTHING}
   where p.oid = any($1::oid[])`;

const EVENT_TRIGGERS_OFF = `
  update pg_catalog.pg_event_trigger set evtenabled = 'D' where evtfoid = any($1::oid[]) and evtenabled <> 'D'
  returning evtname::text as name`;

/**
 * Functions that speak to others do nothing and give null or no row, so that a trigger's other work goes on. Event triggers that call one
 * are off: a null where they expect an answer would stop every DDL.
 */
export const FUNCTIONS_OFF: Arm = {
  isArmedBy: (head, text) => {
    if (/^(create|alter) (extension|event trigger)\b/.test(head)) return true;
    // All functions are read then, and a schema may have thousands.
    return /^create (or replace )?(function|procedure)\b/.test(head) && mayCallOut(text());
  },
  disarm: async (client) => {
    const { rows } = await client.query<KnownFunction>(FUNCTIONS);
    const armed = rows.filter((each) => callsOutByItself(each) && !each.source.startsWith(EMPTIED));
    if (armed.length > 0) await client.query(EMPTY, [armed.map(({ oid }) => oid), EMPTIED]);
    const triggers = await client.query<{ name: string }>(EVENT_TRIGGERS_OFF, [[...callingOut(rows)]]);
    return [...whose(armed), ...named('event trigger', triggers.rows.map(({ name }) => name).sort())];
  },
};

/** Those of an extension count as one. */
function whose(armed: readonly KnownFunction[]): Disarmed[] {
  const extensions = new Set(armed.flatMap(({ extension }) => extension ?? []));
  const own = armed.filter(({ extension }) => extension === null);
  return [
    ...named('functions of extension', [...extensions].sort()),
    ...named('function', [...new Set(own.map(({ schema, name }) => `${schema}.${name}`))].sort()),
  ];
}

/** May the session write the catalog? A dump may speak for other roles meanwhile. */
export async function isSuperuser(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ yes: boolean }>(
    "select pg_catalog.current_setting('is_superuser')::bool as yes",
  );
  return rows[0]?.yes === true;
}
