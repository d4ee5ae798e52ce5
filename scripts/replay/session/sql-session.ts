import type { StatementRecord } from '../../artifacts/records/records.ts';
import type { SqlStep } from '../../plan/model.ts';
import { CaptureRefused, CaptureRights, mentionsRole, statementsOf } from './capture-rights.ts';
import { withoutCopyRows } from '../../pg/sql/copy-rows.ts';
import type { OnAttempt, StepContext } from '../context.ts';
import { keepsNames } from './keeps-names.ts';
import type { LiveFigures } from './live-figures.ts';
import { withRetries } from './retry.ts';
import { runUnit } from './run-unit.ts';
import { type UnitRun } from './unit-run.ts';
import { openSession, type MigrationSession } from './session.ts';
import type { Unit } from './units.ts';
import { StepCatalog } from './step-catalog.ts';

/**
 * A statement that fails takes the answer about its locks with it. One that goes on for so long is looked at from outside as
 * well, so that what it held until it failed is known.
 */
const LONG_STATEMENT_MS = 20;

/** Writes a catalog as a table: no relation whose row it is is locked for that. */
const CHANGES_UNLOCKED = /\b(?:update|into|from|only)\s+(?:pg_catalog\s*\.\s*)?"?pg_(?!temp)/i;

/** What all sessions of one step share. */
export interface SqlRun {
  readonly step: SqlStep;
  readonly context: StepContext;
  readonly onAttempt: OnAttempt;
  readonly figures: LiveFigures;
}

/** One session of a step, and what it runs in it, unit by unit. */
export class SqlSession {
  readonly session: MigrationSession;
  readonly #run: SqlRun;
  readonly #catalog: StepCatalog;
  readonly #rights = new CaptureRights();
  /** Tries of the step before this session. */
  readonly #earlierTries: number;
  /** Of the step, with those before this session. */
  attempts: number;
  /** The statement that the last try failed at. */
  failedIndex: number | null = null;

  private constructor(run: SqlRun, session: MigrationSession, catalog: StepCatalog, earlierTries: number) {
    this.#run = run;
    this.session = session;
    this.#catalog = catalog;
    this.#earlierTries = earlierTries;
    this.attempts = earlierTries + 1;
  }

  static async open(run: SqlRun, earlierTries = 0): Promise<SqlSession> {
    const { step, context } = run;
    const session = await openSession(context.login, step, context.signal);
    // What was cut off is not seen from within.
    if (step.cut !== undefined) context.schema.touched.addUnseen();
    try {
      const text = step.files.map((file) => withoutCopyRows(file.text).sql).join('\n');
      const catalog = await StepCatalog.read(context.schema.catalog, session.client, text);
      return new SqlSession(run, session, catalog, earlierTries);
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** Runs a unit until it goes through or its retries are over. @throws StepFailure */
  async play(unit: Unit): Promise<void> {
    const { step, context } = this.#run;
    const written: StatementRecord[] = [];
    const once = async (run: UnitRun): Promise<void> => {
      const statements = statementsOf(unit);
      const isBlind = unit.kind === 'bare' || !this.#rights.mayCapture || statements.some(mentionsRole);
      const { pid } = this.session;
      const target = {
        step: step.name,
        heldBy: pid,
        heldAfterMs: isBlind ? 0 : LONG_STATEMENT_MS,
        keepsNames: keepsNames(statements),
      };
      let isUnseen = true;
      try {
        await context.watch.during(target, () => runUnit(unit, run));
        isUnseen = isBlind || statements.some(({ text }) => CHANGES_UNLOCKED.test(text));
      } finally {
        this.#catalog.tell(context.schema.touched, isUnseen);
      }
    };
    await this.retrying(async (attempt) => {
      const run = this.unitRun(attempt, written);
      await this.#rights.settle(unit, run);
      written.length = 0;
      await context.schema.beforeUnit(statementsOf(unit).map(({ text }) => text));
      try {
        await once(run);
      } catch (error) {
        if (!(error instanceof CaptureRefused)) throw error;
        this.#rights.withdraw();
        await once(run);
      }
    });
    await context.schema.afterUnit(step.name, written);
  }

  /** Tries `work` again as the step allows. @param work gets the number of the try in this session, from 1 */
  async retrying(work: (attempt: number) => Promise<void>): Promise<void> {
    const { step, context, onAttempt } = this.#run;
    const tries = await withRetries(step, work, {
      onAttempt: (record) => onAttempt({ ...record, attempt: record.attempt + this.#earlierTries }),
      now: () => context.clock.now(),
      signal: context.signal,
    });
    this.attempts = Math.max(this.attempts, this.#earlierTries + tries);
  }

  /** @param attempt in this session, from 1 @param written gets every record */
  unitRun(attempt: number, written: StatementRecord[] = []): UnitRun {
    const { step, context, figures } = this.#run;
    return {
      step: step.name,
      attempt: attempt + this.#earlierTries,
      isFirstTry: attempt === 1,
      session: this.session,
      catalog: this.#catalog,
      rights: this.#rights,
      clock: context.clock,
      write: (record: StatementRecord) => {
        context.steps.write(record);
        written.push(record);
        figures.see(record);
        if (record.error !== null) this.failedIndex = record.index;
      },
    };
  }

  close(): Promise<void> {
    return this.session.close();
  }
}
