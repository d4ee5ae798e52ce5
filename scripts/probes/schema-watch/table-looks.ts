import type { Asker } from '../../pg/asker.ts';
import type { RunClock } from '../../shared/run-clock.ts';
import { LookingShare } from '../touched/looking-share.ts';
import type { Touched } from '../touched/touched.ts';
import { readMoment, readTables, type TableStock } from './table-stock.ts';

export interface TableLook {
  readonly tables: ReadonlyMap<number, TableStock>;
  /** When the first of them was read. */
  readonly fromMs: number;
  readonly atMs: number;
  /** Oldest transaction that was not over then. */
  readonly xid: string;
  /** Those that the plan can have changed since the look before; null = any. */
  readonly touched: ReadonlySet<number> | null;
}

interface LooksSetup {
  readonly server: Asker;
  readonly touched: Touched;
  readonly clock: Pick<RunClock, 'now'>;
}

/**
 * Looks at the tables at the ends of each step. Counters of rows are known to the statistics alone, table by table: right after a
 * look at all of them only those are read again that the plan has touched.
 */
export class TableLooks {
  readonly #setup: LooksSetup;
  #last: TableLook = { tables: new Map(), fromMs: 0, atMs: 0, xid: '0', touched: null };
  #position: number | undefined;
  #schemas = '';
  readonly #share = new LookingShare();

  constructor(setup: LooksSetup) {
    this.#setup = setup;
  }

  get last(): TableLook {
    return this.#last;
  }

  /** @param isWhole at all tables in any case @throws what PostgreSQL says */
  async look(isWhole = false): Promise<TableLook> {
    const { server, touched, clock } = this.#setup;
    const { oids, position } = touched.since(this.#position);
    const { xid, schemas } = await readMoment(server);
    const isRenamed = schemas !== this.#schemas;
    const startMs = clock.now();
    if (oids === null || isWhole || isRenamed || this.#share.isDue(startMs)) {
      const tables = await readTables(server);
      const atMs = clock.now();
      this.#share.took(startMs, atMs);
      this.#last = { tables, fromMs: atMs, atMs, xid, touched: oids === null ? null : new Set(oids) };
    } else {
      const tables = new Map(this.#last.tables);
      for (const oid of oids) tables.delete(oid);
      for (const [oid, table] of oids.length > 0 ? await readTables(server, oids) : [])
        tables.set(oid, table);
      this.#last = { ...this.#last, tables, atMs: clock.now(), xid, touched: new Set(oids) };
    }
    this.#position = position;
    this.#schemas = schemas;
    return this.#last;
  }
}
