import type { LockSlots, ScannedTable } from '../../artifacts/records/records.ts';
import type { PgClient } from '../../pg/client.ts';
import type { Sendable } from '../../pg/copy-query.ts';
import type { Catalog } from '../../probes/catalog.ts';
import { KnownLocks } from '../../probes/known-locks.ts';
import { CAPTURE, readCapture, type Capture, type CaptureRow } from '../../probes/lock-capture.ts';
import type { RunCatalog } from '../../probes/run-catalog.ts';
import type { Touched } from '../../probes/touched/touched.ts';
import type { PlacedStatement } from './units.ts';
import { ScanCounts } from './scan-counts.ts';

interface SessionFacts {
  readonly walPosition: number;
  readonly limits: Omit<LockSlots, 'used'>;
  readonly canFlush: boolean;
}

/** What the database looked like when the step began, and what it looks like by now. */
export class StepCatalog {
  readonly #existing: Catalog;
  readonly #limits: Omit<LockSlots, 'used'>;
  #committed: Catalog;
  #now: Catalog;
  #walPosition: number;
  readonly #scans = new ScanCounts();
  #known = new KnownLocks();
  /** PostgreSQL 15 and later: the session can be told to hand over its counts. */
  readonly #canFlush: boolean;

  readonly #run: RunCatalog;
  /** Relations that were locked so that they could be changed, since it was last told. */
  readonly #touched = new Set<number>();
  #isUnseen = false;

  private constructor(run: RunCatalog, catalog: Catalog, session: SessionFacts) {
    this.#run = run;
    this.#existing = this.#committed = this.#now = catalog;
    this.#walPosition = session.walPosition;
    this.#limits = session.limits;
    this.#canFlush = session.canFlush;
  }

  /** @param text SQL of the step */
  static async read(run: RunCatalog, client: PgClient, text: string): Promise<StepCatalog> {
    const catalog = await run.asOfNow(client, text);
    return new StepCatalog(run, catalog, {
      walPosition: await walPosition(client),
      limits: await lockLimits(client),
      canFlush: await canFlush(client),
    });
  }

  /** Call right before a transaction begins: the app has written WAL in the meantime. */
  async begin(client: PgClient): Promise<void> {
    this.beginChained();
    this.#walPosition = await walPosition(client, this.#canFlush ? FLUSH : '');
    if (this.#canFlush) this.#scans.clear();
  }

  /** As `begin`, for a transaction that is already open: a query of ours would fix its snapshot and isolation level. */
  beginChained(): void {
    this.#committed = this.#now;
    this.#known = new KnownLocks();
  }

  /** Asks for what the transaction has locked since the last answer that was absorbed. */
  get question(): Sendable {
    return { text: CAPTURE, values: this.#known.values };
  }

  /** The database as it is after what was absorbed, to return to. */
  mark(): Mark {
    return { catalog: this.#now, locks: this.#known.length };
  }

  /** ROLLBACK TO the savepoint at which `mark` was taken; without it the whole transaction was undone. */
  undo({ catalog, locks }: Mark = { catalog: this.#committed, locks: 0 }): void {
    this.#now = catalog;
    this.#known.cut(locks);
  }

  /** Takes in an answer to CAPTURE; returns it with the WAL written since the last mark or capture. */
  absorb(row: CaptureRow): Absorbed {
    const capture = readCapture(row, {
      before: this.#now,
      committed: this.#committed,
      existing: this.#existing,
    });
    this.#known.add(row[1]);
    for (const [oid, mode] of row[1]) if (mode === null || !READS.has(mode)) this.#touched.add(oid);
    const walBytes = Math.max(0, capture.walPosition - this.#walPosition);
    this.#walPosition = capture.walPosition;
    this.#now = capture.after;
    const scanned = this.#scans.take(row, this.#committed);
    return { ...capture, scanned, walBytes, lockSlots: { used: capture.slots, ...this.#limits } };
  }

  /** Tells what the statements have touched since the last time. Call when their transaction is over: who looks finds it then. */
  tell(touched: Touched, isUnseen = false): void {
    if (isUnseen || this.#isUnseen) touched.addUnseen();
    else touched.add(this.#touched);
    this.#touched.clear();
    this.#isUnseen = false;
  }

  /** After a statement that could not be captured: asks the catalog what it has changed. */
  async compare(
    client: PgClient,
    { node, text }: Pick<PlacedStatement, 'node' | 'text'>,
  ): Promise<{ rewrote: string[]; sizeChangeBytes: number; walBytes: number }> {
    this.#isUnseen = true;
    const before = this.#now;
    const startWal = this.#walPosition;
    const changes = await this.#run.changes(client, mayMeanAll(node, text) ? null : text);
    this.#now = before.with(changes);
    this.#walPosition = await walPosition(client);
    const rewrote: string[] = [];
    let sizeChangeBytes = 0;
    for (const [oid, now] of changes) {
      const old = before.get(oid);
      sizeChangeBytes += (now?.sizeBytes ?? 0) - (old?.sizeBytes ?? 0);
      if (now && old && now.filenode !== null && old.filenode !== null && now.filenode !== old.filenode)
        rewrote.push(now.name);
    }
    return { rewrote, sizeChangeBytes, walBytes: Math.max(0, this.#walPosition - startWal) };
  }
}

/** Who holds nothing stronger has changed neither rows nor relation. */
const READS: ReadonlySet<string> = new Set(['AccessShareLock', 'RowShareLock']);

const CALLS_CODE: ReadonlySet<string> = new Set(['DoStmt', 'CallStmt']);
const VACUUM_ALL = /^\s*vacuum\s*(?:\([^)]*\)|full\b|freeze\b|verbose\b|analy[sz]e\b|\s)*;?\s*$/i;

/** Its text need not name what it writes: everything is to be weighed. */
function mayMeanAll(node: string, text: string): boolean {
  return CALLS_CODE.has(node) || VACUUM_ALL.test(text);
}

/** The database as it was after a statement, and how much of what the transaction holds by now it held then. */
export interface Mark {
  readonly catalog: Catalog;
  readonly locks: number;
}

export type Absorbed = Capture & {
  readonly walBytes: number;
  readonly lockSlots: LockSlots;
  readonly scanned: readonly ScannedTable[];
};

/** What the session has counted goes to the statistics as soon as this query has ended. */
const FLUSH = ', pg_catalog.pg_stat_force_next_flush()';

async function canFlush(client: PgClient): Promise<boolean> {
  const { rows } = await client.query<[boolean]>({
    text: `select pg_catalog.has_function_privilege(
                    pg_catalog.to_regprocedure('pg_catalog.pg_stat_force_next_flush()')::pg_catalog.oid, 'execute')`,
    rowMode: 'array',
  });
  return rows[0]?.[0] === true;
}

async function walPosition(client: PgClient, more = ''): Promise<number> {
  const { rows } = await client.query<[string]>({
    text: `select pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_catalog.pg_lsn${more}`,
    rowMode: 'array',
  });
  return Number(rows[0]?.[0] ?? 0);
}

/** The size of the shared lock table (LockManagerShmemSize and InitializeMaxBackends in PostgreSQL's source), true to a few entries. */
const LOCK_LIMITS = `
  select max(setting::int) filter (where name = 'max_locks_per_transaction'),
         sum(setting::int) filter (where name <> 'max_locks_per_transaction')
           - coalesce(max(setting::int) filter (where name = 'autovacuum_max_workers')
                      * count(*) filter (where name = 'autovacuum_worker_slots'), 0) + 1
    from pg_catalog.pg_settings
   where name in ('max_locks_per_transaction', 'max_connections', 'autovacuum_max_workers', 'autovacuum_worker_slots',
                  'max_worker_processes', 'max_wal_senders', 'max_prepared_transactions')`;

async function lockLimits(client: PgClient): Promise<Omit<LockSlots, 'used'>> {
  const { rows } = await client.query<[number, string]>({ text: LOCK_LIMITS, rowMode: 'array' });
  const perTransaction = rows[0]?.[0] ?? 0;
  return { perTransaction, total: perTransaction * Number(rows[0]?.[1] ?? 0) };
}
