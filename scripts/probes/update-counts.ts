import type { SchemaRecord } from '../artifacts/records/of-plan/schema-records.ts';
import { withConnection } from '../pg/client.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { isConnectionLoss } from '../pg/pg-error.ts';
import { RehearsalError } from '../shared/errors.ts';
import type { NdjsonWriter } from '../shared/files/ndjson.ts';
import type { RunClock } from '../shared/run-clock.ts';
import { FIRST_USER_OID } from './catalog.ts';

interface UpdateCountSetup {
  readonly endpoint: PgEndpoint;
  readonly writer: NdjsonWriter<SchemaRecord>;
  readonly clock: RunClock;
}

/** Tables with fewer updates than others are not worth a line each time. */
const MOST_TABLES = 50;
/** One row at least, for the WAL. Not by pg_stat_user_tables, which looks at every index of every table. */
const COUNTS = `
  select n.nspname || '.' || s.relname, s.updated::float8, pg_catalog.pg_stat_get_tuples_hot_updated(s.oid)::float8,
         (pg_catalog.pg_current_wal_insert_lsn() - '0/0')::float8, sum(s.updated) over ()::float8
    from (select) one
    left join (select c.oid, c.relname, c.relnamespace, pg_catalog.pg_stat_get_tuples_updated(c.oid) as updated
                 from pg_catalog.pg_class c where c.relkind in ('r', 'p', 'm') and c.oid >= ${FIRST_USER_OID} offset 0) s
           on s.updated > 0
    left join pg_catalog.pg_namespace n on n.oid = s.relnamespace
   order by s.updated desc limit ${MOST_TABLES}`;

type Row = [table: string | null, updated: number, hot: number, walBytes: number, allUpdated: number | null];

/** Records how many rows were updated by now, and how many of them without touching an index (heap-only tuples). */
export class UpdateCounts {
  readonly #setup: UpdateCountSetup;

  constructor(setup: UpdateCountSetup) {
    this.#setup = setup;
  }

  /** @param step null = before the plan, or behind it */
  async look(step: string | null, when: 'before' | 'after', signal: AbortSignal): Promise<void> {
    const { endpoint, writer, clock } = this.#setup;
    try {
      await withConnection(
        endpoint,
        'setup',
        async (client) => {
          const { rows } = await client.query<Row>({
            text: COUNTS,
            rowMode: 'array',
          });
          const walBytes = rows[0]?.[3] ?? 0;
          const allUpdated = rows[0]?.[4] ?? 0;
          const tables = rows.flatMap(([table, updated, hot]) =>
            table === null ? [] : [{ table, updated, hot }],
          );
          writer.write({ type: 'updates', step, when, tMs: clock.now(), walBytes, allUpdated, tables });
        },
        signal,
      );
    } catch (error) {
      // Whoever watches the server tells of it.
      signal.throwIfAborted();
      if (!(error instanceof RehearsalError) && !isConnectionLoss(error)) throw error;
    }
  }
}
