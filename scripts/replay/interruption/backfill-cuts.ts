import type { InterruptionRecord, StepError } from '../../artifacts/records/records.ts';
import { Random } from '../../load/chance/random.ts';
import { closeQuietly, connect, type PgClient } from '../../pg/client.ts';
import { assignments, plainName } from '../../plan/backfill-sql.ts';
import type { BackfillStep, Cut } from '../../plan/model.ts';
import type { Interval } from '../../shared/intervals/intervals.ts';
import type { StepContext } from '../context.ts';
import type { MigrationSession } from '../session/session.ts';
import type { Condition, Position } from '../backfill/backfill-key.ts';
import { between, type KeyRange, type KnownRange } from '../backfill/key-range.ts';
import { lookLike, untouchedSince, type Xid } from '../backfill/untouched.ts';
import { Backend } from './backend.ts';
import { CUT_ERRORS, firstOf, GOES_ON_MS } from './cut-unit.ts';

/** How often one backfill is cut off. */
const CUTS_PER_BACKFILL = 3;

/** The backfill was cut off on purpose, and goes on in another session. */
export class BackfillCutOff extends Error {
  override readonly name = 'BackfillCutOff';
}

/** One batch that is about to run. */
interface CutBatch {
  readonly session: MigrationSession;
  readonly range: KnownRange;
  readonly sql: string;
  /** Those it covers; `sql` has the same parameters. */
  readonly rows: Condition;
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
  readonly #since: Xid;
  readonly #xids: string[] = [];
  #cuts = 0;
  #lastMs = 0;
  #wentOnMs: number | null = 0;
  #rowsTwice = 0;
  readonly #downs: Interval[] = [];

  /** @param since before the step */
  constructor(how: Cut, step: BackfillStep, context: StepContext, since: Xid) {
    const random = new Random(context.rehearsal.load.seed, `cut off ${how} ${step.name}`);
    this.#how = how;
    this.#step = step;
    this.#context = context;
    this.#since = since;
    this.#due = Array.from({ length: CUTS_PER_BACKFILL }, () => random.unit()).sort((a, b) => a - b);
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
    const backend = await Backend.of(pid, this.#context);
    try {
      if (!(await this.#hold(holder, batch))) return;
      const { rows } = await holder.query<{ pid: number }>('select pg_catalog.pg_backend_pid() as pid');
      const updating = client.query(batch.sql, [...batch.rows.values]).then(
        () => ({ isRefused: false }),
        () => ({ isRefused: true }),
      );
      const said = await firstOf(updating, signal, (stop) => backend.waitsFor(rows[0]?.pid ?? 0, stop));
      // What it fails by, without being cut off, shows when it runs as ever.
      if (said?.isRefused === true) return;
      const xid = await backend.xid();
      this.#due.shift();
      this.#lastMs = clock.now();
      if (this.#how === 'client') client.connection.stream.destroy();
      else {
        const down = await backend.end(this.#how);
        if (down !== undefined) this.#downs.push(down);
      }
      // With the server this one has ended too.
      if (this.#how !== 'server') await holder.query('rollback');
      const isGone = await backend.gone(GOES_ON_MS, signal);
      const wentOnMs = this.#how === 'server' ? 0 : clock.now() - this.#lastMs;
      this.#wentOnMs = isGone ? wentOnMs : null;
      if (this.#how === 'client') this.committed(xid);
      this.#cuts += 1;
    } finally {
      await closeQuietly(holder);
      await backend.close();
    }
    throw new BackfillCutOff();
  }

  /** Counts the rows that were done and will be done again by what begins behind `after`. */
  async goesOn(after: Position | null, range: KnownRange): Promise<void> {
    const { table, where = 'true' } = this.#step;
    const { sql, values } = between(range, after, range.ends.max);
    const again = `select count(*) as rows from ${table} where ${sql} and (${where}\n)
                      and xmin::text = any($${values.length + 1}::text[])`;
    this.#rowsTwice += await this.#count(range, again, [...values, this.#xids]);
    // What the next cut finds of them still has been counted: it may come before they are done again.
    this.#xids.length = 0;
  }

  /** What it came to. @param error of the step, if it failed */
  async record(
    range: KeyRange | undefined,
    error: StepError | null,
    attempts: number,
  ): Promise<InterruptionRecord> {
    const { table, name: step, set } = this.#step;
    const rowsLeftOut =
      range?.ends === undefined || error !== null ? null : await this.#leftOut(range, range.ends);
    return {
      type: 'interruption',
      step,
      how: this.#how,
      tMs: this.#lastMs,
      moment: 'running',
      index: 0,
      attempt: this.#cuts,
      file: null,
      line: null,
      againFrom: null,
      error,
      failedIndex: null,
      secondAttempt: attempts,
      serverWentOnMs: this.#wentOnMs,
      ...(this.#downs.length === 0 ? {} : { downs: this.#downs }),
      backfill: {
        table,
        cuts: this.#cuts,
        rowsTwice: this.#rowsTwice,
        rowsLeftOut,
        isSameAgain: await isSameAgain(set),
      },
    };
  }

  async #leftOut(range: KeyRange, ends: KnownRange['ends']): Promise<number> {
    const { table, where = 'true' } = this.#step;
    const { sql, values } = between({ ...range, ends }, null, ends.max);
    const left = `select count(*) as rows from ${table} where (${where}\n) and ${sql}
                     and ${untouchedSince(`$${values.length + 1}`)}`;
    return await this.#count(range, left, [...values, this.#since]);
  }

  /** Holds the last row that the batch changes; false where it changes none. */
  async #hold(holder: PgClient, { range, rows: { sql, values } }: CutBatch): Promise<boolean> {
    const { table, where = 'true' } = this.#step;
    await lookLike(holder, range);
    await holder.query('begin');
    const { rows } = await holder.query(
      `select 1 from ${table} where ${sql} and (${where}\n)
        order by ${range.key.reversed} limit 1 for no key update`,
      [...values],
    );
    return rows.length > 0;
  }

  async #count(range: KeyRange, sql: string, values: unknown[]): Promise<number> {
    const client = await connect(this.#context.primary, 'setup', this.#context);
    try {
      await lookLike(client, range);
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
      names.has(plainName(word)),
    ),
  );
}
