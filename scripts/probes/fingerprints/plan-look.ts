import type { CompatibilityRecord } from '../../artifacts/records/records.ts';
import type { NOT_COMPARED } from '../../artifacts/records/of-plan/fingerprint-record.ts';
import type { PgClient } from '../../pg/client.ts';
import type { AppVersion, Step } from '../../plan/model.ts';
import { isNamedIn } from '../drift/names-in.ts';
import { isToolTable } from '../schema-watch/beside/tool-tables.ts';
import { appWrites, type AppWrites } from './app-writes.ts';
import { rowWritesOf, type RowWrite } from './row-writes.ts';

type NotCompared = (typeof NOT_COMPARED)[number];

/** How the rows of one table are looked at. */
export interface TableLook {
  /** `schema.name` */
  readonly table: string;
  /** Quoted, for SQL. */
  readonly relation: string;
  /** By the primary key; else as a bag of whole rows. */
  readonly key: readonly string[] | null;
  readonly gates: readonly string[];
  readonly values: readonly string[];
  readonly appMovesRows: boolean;
}

interface Skipped {
  readonly table: string;
  readonly reason: NotCompared;
}

export interface LookFacts {
  readonly versions: readonly AppVersion[];
  /** The scripts as they were tried before the plan. */
  readonly tried: readonly CompatibilityRecord[];
}

interface Table {
  readonly table: string;
  readonly relation: string;
  readonly key: readonly string[] | null;
  readonly columns: readonly {
    readonly name: string;
    readonly isPlain: boolean;
    readonly isCoarse: boolean;
  }[];
}

/**
 * `isPlain`: stored, not generated, no moment of time, no UUID, and without a default that gives something else each time.
 * `isCoarse`: of so few values that one may come back (boolean, enum).
 */
const TABLES = `
  select n.nspname || '.' || c.relname as "table", format('%I.%I', n.nspname, c.relname) as relation,
         (select jsonb_agg(k.attname order by array_position(i.indkey::int2[], k.attnum))
            from pg_catalog.pg_index i join pg_catalog.pg_attribute k on k.attrelid = c.oid and k.attnum = any (i.indkey::int2[])
           where i.indrelid = c.oid and i.indisprimary and i.indisvalid) as key,
         jsonb_agg(jsonb_build_object('name', a.attname, 'isCoarse', t.typcategory in ('B', 'E'),
           'isPlain', t.typcategory not in ('D', 'T') and t.typname <> 'uuid'
                      and coalesce(to_jsonb(a) ->> 'attgenerated', '') = '' and coalesce(to_jsonb(a) ->> 'attidentity', '') = ''
                      and coalesce(pg_get_expr(f.adbin, f.adrelid), '') !~ '\\(' ) order by a.attnum) as columns
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_catalog.pg_type t on t.oid = a.atttypid
    left join pg_catalog.pg_attrdef f on f.adrelid = c.oid and f.adnum = a.attnum
   where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
     and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
     and ($1::text[] is null or c.oid = any (select pg_catalog.to_regclass(one)::oid from unnest($1::text[]) one))
   group by n.nspname, c.relname, c.oid
   order by 1`;

/** Functions that give something else each time, of those named; the clock’s are among them although they stand still in a transaction. */
const OTHER_EACH_TIME = `
  select 1 from pg_catalog.pg_proc
   where proname = any ($1::text[])
     and (provolatile = 'v' or proname in ('now', 'transaction_timestamp', 'statement_timestamp'))
   limit 1`;

/** What of a step is compared, by the catalog as it is now, and what is not and why. */
export async function looksOf(
  step: Step,
  facts: LookFacts,
  client: PgClient,
): Promise<{ looks: TableLook[]; skipped: Skipped[] }> {
  const writes = await rowWritesOf(step);
  const looks: TableLook[] = [];
  const skipped: Skipped[] = [];
  const add = (table: Table, one: TableLook | NotCompared): void => {
    if (typeof one === 'string') skipped.push({ table: table.table, reason: one });
    else looks.push(one);
  };
  if (writes === 'unknown') {
    // What nobody can read may write anywhere: all that the app leaves alone is compared.
    for (const table of await tablesNow(client, null)) {
      const app = writesTo(table, facts);
      if (!isWritten(app) && !isToolTable(table.table.split('.').at(-1) ?? '')) add(table, asBag(table));
    }
    return { looks, skipped };
  }
  for (const name of new Set(writes.map(({ table }) => table))) {
    const [table] = await tablesNow(client, [name]);
    if (table === undefined) continue;
    const own = writes.filter((one) => one.table === name);
    add(table, await lookAt(table, own, facts, client));
  }
  return { looks, skipped };
}

async function lookAt(
  table: Table,
  writes: readonly RowWrite[],
  facts: LookFacts,
  client: PgClient,
): Promise<TableLook | NotCompared> {
  const app = writesTo(table, facts);
  for (const { functions, reads, text } of writes) {
    const { rowCount } = await client.query(OTHER_EACH_TIME, [functions]);
    if ((rowCount ?? 0) > 0) return 'not-the-same-twice';
    for (const read of await tablesNow(client, reads)) {
      const of = writesTo(read, facts);
      if (of.movesRows || of.isHidden || isNamedIn(of.columns, text)) return 'hangs-on-the-app';
    }
  }
  if (!isWritten(app)) {
    const isOfRows = writes.some(({ columns }) => columns === null);
    return isOfRows || table.key === null ? asBag(table) : byKey(table, table.key, writes, app);
  }
  if (app.isHidden || writes.some(({ columns }) => columns === null)) return 'app-writes';
  if (table.key === null) return 'no-key';
  const coarse = table.columns.filter(({ name, isCoarse }) => isCoarse && app.columns.includes(name));
  const isNamed = writes.some(({ text }) => coarse.some(({ name }) => isNamedIn([name], text)));
  return isNamed ? 'hangs-on-the-app' : byKey(table, table.key, writes, app);
}

function byKey(
  { table, relation, columns }: Table,
  key: readonly string[],
  writes: readonly RowWrite[],
  app: AppWrites,
): TableLook | NotCompared {
  const set = new Set(writes.flatMap((one) => one.columns ?? []));
  const gates = app.columns.filter((name) => !set.has(name));
  const values = columns
    .map(({ name }) => name)
    .filter((name) => set.has(name) && !key.includes(name))
    .filter((name) => !app.columns.includes(name) || app.follows(name, gates));
  if (values.length === 0) return 'app-writes';
  return { table, relation, key, gates, values, appMovesRows: app.movesRows };
}

function asBag({ table, relation, columns }: Table): TableLook {
  const values = columns.filter(({ isPlain }) => isPlain).map(({ name }) => name);
  return { table, relation, key: null, gates: [], values, appMovesRows: false };
}

function writesTo({ table, columns }: Table, { versions, tried }: LookFacts): AppWrites {
  return appWrites(
    table,
    columns.map(({ name }) => name),
    versions,
    tried,
  );
}

function isWritten({ columns, movesRows, isHidden }: AppWrites): boolean {
  return columns.length > 0 || movesRows || isHidden;
}

async function tablesNow(client: PgClient, names: readonly string[] | null): Promise<Table[]> {
  const { rows } = await client.query<Table>(TABLES, [names]);
  return rows;
}
