import type { SchemaRecord } from '../artifacts/records/of-plan/schema-records.ts';
import type { Asker } from '../pg/asker.ts';
import { isConnectionLoss } from '../pg/pg-error.ts';
import type { WarmConnection } from '../pg/warm-connection.ts';
import { RehearsalError } from '../shared/errors.ts';
import type { NdjsonWriter } from '../shared/files/ndjson.ts';
import type { RunClock } from '../shared/run-clock.ts';
import { FIRST_USER_OID } from './catalog.ts';
import { LookingShare } from './touched/looking-share.ts';
import type { Touched } from './touched/touched.ts';

interface UpdateCountSetup {
  readonly connection: WarmConnection;
  readonly writer: NdjsonWriter<SchemaRecord>;
  readonly clock: RunClock;
  readonly touched: Touched;
}

/** Tables with fewer updates than others are not worth a line each time. */
const MOST_TABLES = 50;
/** One row at least, for the WAL. Not by pg_stat_user_tables, which looks at every index of every table. */
const counts = (among = '', all = ''): string => `
  with s as materialized (
    select c.oid, c.relname, c.relnamespace, pg_catalog.pg_stat_get_tuples_updated(c.oid) as updated
      from pg_catalog.pg_class c where c.relkind in ('r', 'p', 'm') and c.oid >= ${FIRST_USER_OID} ${among} offset 0)
  select n.nspname || '.' || s.relname, s.updated::float8, pg_catalog.pg_stat_get_tuples_hot_updated(s.oid)::float8,
         (pg_catalog.pg_current_wal_insert_lsn() - '0/0')::float8, sum(s.updated) over ()::float8 ${all}
    from (select) one
    left join s on s.updated > 0
    left join pg_catalog.pg_namespace n on n.oid = s.relnamespace
   order by s.updated desc limit ${MOST_TABLES}`;
const COUNTS = counts('', ', array(select oid::int8 from s where updated > 0)::float8[]');
const COUNTS_OF = counts('and c.oid = any ($1::pg_catalog.oid[])');

type Row = [
  ...[table: string | null, updated: number, hot: number, walBytes: number, allUpdated: number | null],
  written?: number[],
];

/** Records how many rows were updated by now, and how many of them without touching an index (heap-only tuples). */
export class UpdateCounts {
  readonly #setup: UpdateCountSetup;
  readonly #share = new LookingShare();
  /** Oids of tables with updated rows, and of those that the plan has touched. */
  #written = new Set<number>();
  #position: number | undefined;

  constructor(setup: UpdateCountSetup) {
    this.#setup = setup;
  }

  /** @param step null = before the plan, or behind it */
  async look(step: string | null, when: 'before' | 'after', signal: AbortSignal): Promise<void> {
    const { connection, writer, clock } = this.#setup;
    try {
      const rows = await connection.use((client) => this.#read(client, step === null), signal);
      const walBytes = rows[0]?.[3] ?? 0;
      const allUpdated = rows[0]?.[4] ?? 0;
      const tables = rows.flatMap(([table, updated, hot]) =>
        table === null ? [] : [{ table, updated, hot }],
      );
      writer.write({ type: 'updates', step, when, tMs: clock.now(), walBytes, allUpdated, tables });
    } catch (error) {
      // Whoever watches the server tells of it.
      signal.throwIfAborted();
      if (!(error instanceof RehearsalError) && !isConnectionLoss(error)) throw error;
    }
  }

  /** Right after a look at all tables only those are read again that had rows updated by then, or were touched since. */
  async #read(client: Asker, isWhole: boolean): Promise<Row[]> {
    const { touched, clock } = this.#setup;
    const { oids, position } = touched.since(this.#position);
    const startMs = clock.now();
    if (oids === null || isWhole || this.#share.isDue(startMs)) {
      const { rows } = await client.query<Row>({ text: COUNTS, rowMode: 'array' });
      this.#share.took(startMs, clock.now());
      this.#written = new Set(rows[0]?.[5]);
      this.#position = position;
      return rows;
    }
    for (const oid of oids) this.#written.add(oid);
    const values = [[...this.#written]];
    const { rows } = await client.query<Row>({ text: COUNTS_OF, values, rowMode: 'array' });
    this.#position = position;
    return rows;
  }
}
