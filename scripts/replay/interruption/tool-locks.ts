import type { ToolLock } from '../../artifacts/records/of-plan/interruption-record.ts';
import { withConnection } from '../../pg/client.ts';
import { isFromPostgres } from '../../pg/pg-error.ts';
import type { StepContext } from '../context.ts';

/** By what a migration tool tells its next start that another one is at work, or was and did not come to its end. */
interface Known {
  readonly tool: string;
  /** In lower case, of both its name and the columns. */
  readonly table: string;
  readonly columns: readonly string[];
  /** Rows that say so. @param columns quoted */
  readonly held: (columns: readonly string[]) => string;
  readonly remedy: string;
}

/** Of each tool's own documentation: force, release-locks, unlock, resolve, repair. */
const KNOWN: readonly Known[] = [
  {
    tool: 'golang-migrate',
    table: 'schema_migrations',
    columns: ['dirty'],
    held: ([dirty]) => `${dirty}`,
    remedy: 'migrate force <the version before it>',
  },
  {
    tool: 'Liquibase',
    table: 'databasechangeloglock',
    columns: ['locked'],
    held: ([locked]) => `${locked}`,
    remedy: 'liquibase release-locks',
  },
  {
    tool: 'Knex',
    table: 'knex_migrations_lock',
    columns: ['is_locked'],
    held: ([locked]) => `${locked} <> 0`,
    remedy: 'knex migrate:unlock',
  },
  {
    tool: 'Prisma',
    table: '_prisma_migrations',
    columns: ['finished_at', 'rolled_back_at'],
    held: ([finished, back]) => `${finished} is null and ${back} is null`,
    remedy: 'prisma migrate resolve --rolled-back <the migration>',
  },
  {
    tool: 'Flyway',
    table: 'flyway_schema_history',
    columns: ['success'],
    held: ([success]) => `not ${success}`,
    remedy: 'flyway repair',
  },
];

/** Whoever still writes to such a table is not waited for. */
const LOCK_TIMEOUT = "set lock_timeout = '2s'";
const TABLES = `
  select quote_ident(n.nspname) || '.' || quote_ident(c.relname), lower(c.relname::text),
         array_agg(lower(a.attname::text) order by a.attnum), array_agg(quote_ident(a.attname) order by a.attnum)
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
   where c.relkind in ('r', 'p') and lower(c.relname::text) = any($1)
   group by 1, 2 order by 1`;

type Row = [name: string, table: string, columns: string[], quoted: string[]];

/** What tools left set in their tables. A table that cannot be read says nothing. */
export async function readToolLocks({
  primary,
  signal,
}: Pick<StepContext, 'primary' | 'signal'>): Promise<ToolLock[]> {
  return withConnection(
    primary,
    'setup',
    async (client) => {
      await client.query(LOCK_TIMEOUT);
      const names = KNOWN.map(({ table }) => table);
      const { rows } = await client.query<Row>({ text: TABLES, values: [names], rowMode: 'array' });
      const found: ToolLock[] = [];
      for (const [name, table, columns, quoted] of rows) {
        const known = KNOWN.find((one) => one.table === table);
        const own = known?.columns.map((column) => quoted[columns.indexOf(column)]) ?? [];
        if (known === undefined || own.includes(undefined)) continue;
        const have = own.filter((column) => column !== undefined);
        const text = `select exists (select from ${name} where ${known.held(have)}) as held`;
        if (await isHeld(() => client.query<{ held: boolean }>(text)))
          found.push({ tool: known.tool, table: name, remedy: known.remedy });
      }
      return found;
    },
    signal,
  );
}

async function isHeld(ask: () => Promise<{ rows: readonly { held: boolean }[] }>): Promise<boolean> {
  try {
    return (await ask()).rows[0]?.held === true;
  } catch (error) {
    if (!isFromPostgres(error)) throw error;
    return false;
  }
}
