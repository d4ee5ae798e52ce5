import type { LostValues, SchemaRecord } from '../../../artifacts/records/of-plan/schema-records.ts';
import type { Asker } from '../../../pg/asker.ts';
import { withConnection } from '../../../pg/client.ts';
import type { PgEndpoint } from '../../../pg/endpoint.ts';
import { isConnectionLoss, isFromPostgres } from '../../../pg/pg-error.ts';
import type { NdjsonWriter } from '../../../shared/files/ndjson.ts';
import type { RunClock } from '../../../shared/run-clock.ts';
import { typeChanges, type TypeChange } from './type-changes.ts';

/** A count that takes longer is not worth the plan's way, nor is a table of more rows. */
const LIMITS = "set statement_timeout = '5s'; set lock_timeout = '500ms'";
const MOST_ROWS = 1_000_000;

interface Counted extends LostValues {
  readonly sql: string;
}

interface Statement {
  readonly sql: string;
  readonly index: number | null;
  readonly error: unknown;
}

/** What changes of type do to values that nobody gets back: counted before, for behind it the old ones are gone. */
export class LostValuesWatch {
  readonly #endpoint: PgEndpoint;
  #counted: readonly Counted[] = [];

  constructor(endpoint: PgEndpoint) {
    this.#endpoint = endpoint;
  }

  /** @param texts of the statements that are committed, or fail, together */
  async before(texts: readonly string[]): Promise<void> {
    const changes = texts.flatMap(typeChanges);
    this.#counted =
      changes.length === 0
        ? []
        : await withConnection(this.#endpoint, 'setup', async (client) => {
            await client.query(LIMITS);
            const counted: Counted[] = [];
            for (const change of changes) {
              const found = await count(client, change);
              if (found !== undefined) counted.push({ ...found, sql: change.sql });
            }
            return counted;
          });
  }

  /** @param statements as they went through */
  after(
    step: string,
    statements: readonly Statement[],
    { writer, clock }: { writer: NdjsonWriter<SchemaRecord>; clock: RunClock },
  ): void {
    for (const { sql, ...lost } of this.#counted) {
      const by = statements.find((statement) => statement.error === null && statement.sql === sql);
      if (by !== undefined && lost.emptied + lost.changed > 0)
        writer.write({ type: 'lost-values', step, statement: by.index, tMs: clock.now(), ...lost });
    }
    this.#counted = [];
  }
}

interface Known {
  readonly name: string;
  readonly column: string;
  readonly type: string;
  readonly isAlike: boolean;
}

const KNOWN = `select n.nspname || '.' || c.relname as name, a.attname::text as column, pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
         coalesce(t.typcategory = o.typcategory and o.typcategory in ('N', 'S', 'D'), false) as "isAlike"
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.oid join pg_catalog.pg_type o on o.oid = a.atttypid
    left join pg_catalog.pg_type t on t.oid = pg_catalog.to_regtype($3)
   where c.oid = pg_catalog.to_regclass($1) and a.attname = $2 and a.attnum > 0 and c.reltuples <= ${MOST_ROWS}`;

/** Undefined where it cannot be known before: what the statement needs is made by those before it, or counting takes too long. */
async function count(client: Asker, change: TypeChange): Promise<LostValues | undefined> {
  try {
    const { table, name, type } = change;
    const { rows } = await client.query<{ [K in keyof Known]: Known[K] }>(KNOWN, [table, name, type]);
    const [known] = rows;
    if (known === undefined) return undefined;
    await client.query('begin read only'); // whatever functions USING calls
    const counted = await client.query<{ rows: number; emptied: number; changed: number }>(
      countSql(change, known),
    );
    await client.query('rollback');
    return counted.rows[0] && { table: known.name, column: known.column, ...counted.rows[0] };
  } catch (error) {
    if (!isFromPostgres(error) || isConnectionLoss(error)) throw error;
    await client.query('rollback');
    return undefined;
  }
}

/**
 * Values that become NULL; and those that share what they become with others, or, where both types are numbers, texts or times, that
 * are others when they are cast back. Values of a type without equality are compared as text.
 */
function countSql({ table, column, type, expression }: TypeChange, known: Known): string {
  const fresh = `((${expression}\n)::${type})`;
  const differs = known.isAlike ? `${fresh}::${known.type}::text is distinct from ${column}::text` : 'false';
  return `select coalesce(sum(rows), 0)::float8 as rows, coalesce(sum(rows) filter (where fresh is null), 0)::float8 as emptied,
                 coalesce(sum(case when olds > 1 then rows else others end) filter (where fresh is not null), 0)::float8 as changed
            from (select ${fresh}::text as fresh, count(*) as rows, count(distinct ${column}::text) as olds,
                         count(*) filter (where ${differs}) as others
                    from ${table} where ${column} is not null group by 1) values_of`;
}
