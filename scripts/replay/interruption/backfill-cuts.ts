import type { InterruptionRecord, StepError } from '../../artifacts/records/records.ts';
import { Random } from '../../load/chance/random.ts';
import { closeQuietly, connect, type PgClient } from '../../pg/client.ts';
import { assignments } from '../../plan/backfill-sql.ts';
import type { BackfillStep, Cut } from '../../plan/model.ts';
import type { StepContext } from '../context.ts';
import type { MigrationSession } from '../session.ts';
import type { KeyRange } from '../steps/backfill/key-range.ts';
import { Backend } from './backend.ts';
import { CUT_ERRORS, firstOf, GOES_ON_MS } from './cut-unit.ts';

/** How often one backfill is cut off. */
const CUTS_PER_BACKFILL = 3;

/** The backfill was cut off on purpose, and goes on in another session. */
export class BackfillCutOff extends Error {
  override readonly name = 'BackfillCutOff';
}

/** One batch that is about to run. */
export interface CutBatch {
  readonly session: MigrationSession;
  readonly range: KeyRange;
  readonly sql: string;
  /** Where the batch ends, and where it begins behind if not at the first key. */
  readonly keys: readonly string[];
  /** Share of all rows that is covered when it is done. */
  readonly share: number;
}

/** Cuts a backfill off in batches that the seed draws, and counts which rows are done again. */
export class BackfillCuts {
  readonly #how: Cut;
  readonly #step: BackfillStep;
  readonly #context: StepContext;
  /** Shares of all rows at which it is still to be cut off, in order. */
  readonly #due: number[];
  /** No transaction before the step has this id or a later one. */
  readonly #startXid: string;
  readonly #xids: string[] = [];
  #cuts = 0;
  #lastMs = 0;
  #wentOnMs: number | null = 0;
  #rowsTwice = 0;

  private constructor(how: Cut, step: BackfillStep, context: StepContext, startXid: string) {
    const random = new Random(context.rehearsal.load.seed, `cut off ${how} ${step.name}`);
    this.#how = how;
    this.#step = step;
    this.#context = context;
    this.#startXid = startXid;
    this.#due = Array.from({ length: CUTS_PER_BACKFILL }, () => random.unit()).sort((a, b) => a - b);
  }

  static async of(how: Cut, step: BackfillStep, context: StepContext): Promise<BackfillCuts> {
    const client = await connect(context.primary, 'probe', context);
    try {
      const { rows } = await client.query<{ xid: string }>(
        'select pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot()) % 4294967296 as xid',
      );
      return new BackfillCuts(how, step, context, rows[0]?.xid ?? '0');
    } finally {
      await closeQuietly(client);
    }
  }

  /** So often by now. */
  get count(): number {
    return this.#cuts;
  }

  get error(): StepError {
    return { ...CUT_ERRORS[this.#how], hint: null, file: null, line: null, excerpt: null };
  }

  /** A program that was killed has forgotten how far it had come; one whose session was ended has not. */
  get forgets(): boolean {
    return this.#how === 'client';
  }

  /** Of a batch that was committed and heard of. */
  committed(xid: string | null): void {
    if (xid !== null) this.#xids.push(xid);
  }

  /**
   * Cuts the batch off where its turn has come and it changes a row: somebody holds its last row, so that it is in its middle.
   * @throws BackfillCutOff when it has been cut off
   */
  async strike(batch: CutBatch): Promise<void> {
    const [due] = this.#due;
    if (due === undefined || batch.share < due) return;
    const { primary, signal, clock } = this.#context;
    const { client, pid } = batch.session;
    const holder = await connect(primary, 'setup', this.#context);
    const backend = await Backend.of(pid, primary, signal);
    try {
      if (!(await this.#hold(holder, batch))) return;
      const { rows } = await holder.query<{ pid: number }>('select pg_catalog.pg_backend_pid() as pid');
      const updating = client.query(batch.sql, [...batch.keys]).then(
        () => ({ isRefused: false }),
        () => ({ isRefused: true }),
      );
      const said = await firstOf(updating, signal, (stop) => backend.waitsFor(rows[0]?.pid ?? 0, stop));
      // What it fails by, without being cut off, shows when it runs as ever.
      if (said?.isRefused === true) return;
      const xid = await backend.xid();
      this.#due.shift();
      this.#lastMs = clock.now();
      if (this.#how === 'session') await backend.end();
      else client.connection.stream.destroy();
      await holder.query('rollback');
      const isGone = await backend.gone(GOES_ON_MS, signal);
      this.#wentOnMs = isGone ? clock.now() - this.#lastMs : null;
      if (this.#how === 'client') this.committed(xid);
      this.#cuts += 1;
    } finally {
      await closeQuietly(holder);
      await backend.close();
    }
    throw new BackfillCutOff();
  }

  /** Counts the rows that were done and will be done again by what begins behind `after`. */
  async goesOn(after: string | null, { type, max }: KeyRange): Promise<void> {
    const { table, key, where = 'true' } = this.#step;
    const from = after === null ? '' : ` and ${key} > $3::${type}`;
    const again = `select count(*) as rows from ${table} where ${key} <= $1::${type}${from} and (${where}\n)
                      and xmin::text = any($2::text[])`;
    const values = [max, this.#xids, ...(after === null ? [] : [after])];
    this.#rowsTwice += await this.#count(again, values);
  }

  /** What it came to. @param error of the step, if it failed */
  async record(
    range: KeyRange | undefined,
    error: StepError | null,
    attempts: number,
  ): Promise<InterruptionRecord> {
    const { table, key, where = 'true', name: step, set } = this.#step;
    const left = `select count(*) as rows from ${table} where (${where}\n) and ${key} <= $1::${range?.type ?? 'text'}
                     and pg_catalog.age(xmin) > pg_catalog.age($2::text::xid)`;
    const rowsLeftOut =
      range === undefined || error !== null ? null : await this.#count(left, [range.max, this.#startXid]);
    return {
      ...{ type: 'interruption', step, how: this.#how, tMs: this.#lastMs, moment: 'running' },
      ...{ index: 0, attempt: this.#cuts, file: null, line: null, againFrom: null, error },
      ...{ failedIndex: null, secondAttempt: attempts, serverWentOnMs: this.#wentOnMs },
      backfill: {
        ...{ table, cuts: this.#cuts, rowsTwice: this.#rowsTwice, rowsLeftOut },
        isSameAgain: await isSameAgain(set),
      },
    };
  }

  /** Holds the last row that the batch changes; false where it changes none. */
  async #hold(holder: PgClient, { range: { type }, keys }: CutBatch): Promise<boolean> {
    const { table, key, where = 'true' } = this.#step;
    const from = keys.length > 1 ? ` and ${key} > $2::${type}` : '';
    await holder.query('begin');
    const { rows } = await holder.query(
      `select 1 from ${table} where ${key} <= $1::${type}${from} and (${where}\n)
        order by ${key} desc limit 1 for no key update`,
      [...keys],
    );
    return rows.length > 0;
  }

  async #count(sql: string, values: unknown[]): Promise<number> {
    const client = await connect(this.#context.primary, 'setup', this.#context);
    try {
      const { rows } = await client.query<{ rows: string }>(sql, values);
      return Number(rows[0]?.rows ?? 0);
    } finally {
      await closeQuietly(client);
    }
  }
}

/** Does a SET list give a row the same values however often it is applied? Null where that cannot be told. */
async function isSameAgain(set: string): Promise<boolean | null> {
  const all = await assignments(set);
  if (all === undefined) return null;
  const names = new Set(all.map(({ column }) => column));
  return !all.some(({ expression }) =>
    (expression.match(/"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []).some((word) =>
      names.has(plain(word)),
    ),
  );
}

function plain(identifier: string): string {
  return identifier.startsWith('"')
    ? identifier.slice(1, -1).replaceAll('""', '"')
    : identifier.toLowerCase();
}
