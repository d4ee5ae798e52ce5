import type { QueryResult } from 'pg';
import type { LockEntry, StatementRecord } from '../artifacts/records.ts';
import { CAPTURE, newLocks, type CaptureRow } from '../probes/lock-capture.ts';
import type { RunClock } from '../shared/run-clock.ts';
import type { MigrationSession } from './session.ts';
import { NO_LOCKS, type StepCatalog } from './step-catalog.ts';
import { StepFailure, stepErrorAt } from './step-failure.ts';
import type { PlacedStatement, Unit } from './units.ts';

export interface UnitRun {
  readonly step: string;
  readonly attempt: number;
  readonly session: MigrationSession;
  readonly catalog: StepCatalog;
  readonly clock: RunClock;
  readonly write: (record: StatementRecord) => void;
}

/**
 * Runs one unit once, and records each of its statements when the unit is over (only then are its locks free).
 * @throws StepFailure with the place in the author's file; the transaction is rolled back by then
 */
export async function runUnit(unit: Unit, run: UnitRun): Promise<void> {
  await run.catalog.markWal(run.session.client);
  switch (unit.kind) {
    case 'bare':
      await runBare(unit.statement, run);
      break;
    case 'statement':
      await runInTransaction('BEGIN', [unit.statement], 'COMMIT', run);
      break;
    case 'block':
      await runInTransaction(unit.begin, unit.statements, unit.end, run);
  }
}

type Pending = Omit<StatementRecord, 'releasedMs'>;

async function runInTransaction(
  begin: string,
  statements: readonly PlacedStatement[],
  end: string | null,
  run: UnitRun,
): Promise<void> {
  const pending: Pending[] = [];
  const beginning = answer(run, begin);
  let held = NO_LOCKS;
  let failure: StepFailure | undefined;
  let ended: Promise<Answer> | undefined;
  for (const [position, statement] of statements.entries()) {
    const sentMs = run.clock.now();
    const responding = answer(run, statement.text);
    const capturing = statement.control === null ? answer<CaptureRow>(run, CAPTURE) : undefined;
    // The last statement and the end go out in one flight: no round trip while the locks are held.
    if (position === statements.length - 1 && end !== null) ended = answer(run, end);
    const begun = await beginning;
    if (begun.error !== undefined) throw failureAt(begun.error, statement);
    const responded = await responding;
    const captured = await capturing;
    if (responded.error !== undefined) failure = failureAt(responded.error, statement);
    if (statement.control === null) {
      const record = pendingRecord(statement, run, sentMs, responded, captured?.rows[0], held, failure);
      held = record.locks;
      pending.push(record);
    }
    if (failure) break;
  }
  const released = await (ended ?? answer(run, failure || end === null ? 'ROLLBACK' : end));
  if (!failure && released.error !== undefined) failure = failureAt(released.error, statements.at(-1));
  if (!failure && end === null) failure = leftOpen(statements.at(-1));
  for (const [position, record] of pending.entries()) {
    const isLast = position === pending.length - 1;
    run.write({
      ...record,
      error: isLast && failure ? failure.error : record.error,
      releasedMs: released.atMs,
    });
  }
  if (failure) throw failure;
}

function pendingRecord(
  statement: PlacedStatement,
  run: UnitRun,
  sentMs: number,
  responded: Answer,
  captured: CaptureRow | undefined,
  held: readonly LockEntry[],
  failure: StepFailure | undefined,
): Pending {
  const capture = captured === undefined ? undefined : run.catalog.absorb(captured);
  return {
    ...identity(statement, run),
    command: responded.command,
    sentMs,
    respondedMs: responded.atMs,
    rows: responded.rowCount,
    capture: capture === undefined ? 'none' : 'transaction',
    locks: capture?.locks ?? [],
    newLocks: capture === undefined ? [] : newLocks(capture.locks, held),
    rewrote: capture?.rewrote ?? [],
    walBytes: capture?.walBytes ?? null,
    sizeChangeBytes: capture?.sizeChangeBytes ?? null,
    error: failure?.error ?? null,
  };
}

async function runBare(statement: PlacedStatement, run: UnitRun): Promise<void> {
  const sentMs = run.clock.now();
  const responded = await answer(run, statement.text);
  const failure = responded.error === undefined ? undefined : failureAt(responded.error, statement);
  if (failure && failure.error.sqlstate === null) throw failure; // the connection is gone: nothing more to compare
  const change = await run.catalog.compare(run.session.client);
  run.write({
    ...identity(statement, run),
    command: responded.command,
    sentMs,
    respondedMs: responded.atMs,
    releasedMs: responded.atMs,
    rows: responded.rowCount,
    capture: 'outside',
    locks: [],
    newLocks: [],
    ...change,
    error: failure?.error ?? null,
  });
  if (failure) throw failure;
}

function identity(
  statement: PlacedStatement,
  run: UnitRun,
): Pick<StatementRecord, 'type' | 'step' | 'index' | 'attempt' | 'file' | 'line' | 'sql' | 'pid'> {
  const { index, file, line, text } = statement;
  return {
    type: 'statement',
    step: run.step,
    index,
    attempt: run.attempt,
    file,
    line,
    sql: text,
    pid: run.session.pid,
  };
}

function failureAt(error: unknown, statement: PlacedStatement | undefined): StepFailure {
  const at =
    statement === undefined ? null : { file: statement.file, line: statement.line, sql: statement.text };
  return new StepFailure(stepErrorAt(error, at), error);
}

function leftOpen(statement: PlacedStatement | undefined): StepFailure {
  return new StepFailure({
    sqlstate: null,
    message: 'the transaction was still open at the end of the step and was rolled back, as psql does',
    hint: 'end it with COMMIT',
    file: statement?.file ?? null,
    line: statement?.line ?? null,
    excerpt: null,
  });
}

interface Answer<Row extends unknown[] = unknown[]> {
  readonly atMs: number;
  readonly rows: Row[];
  readonly rowCount: number | null;
  readonly command: string | null;
  readonly error?: unknown;
}

/** Sends at once; resolves, never rejects, with the moment of the answer. */
function answer<Row extends unknown[]>(run: UnitRun, text: string): Promise<Answer<Row>> {
  return run.session.client.query<Row>({ text, rowMode: 'array' }).then(
    ({ rows, rowCount, command }: QueryResult & { rows: Row[] }) => ({
      atMs: run.clock.now(),
      rows,
      rowCount,
      command,
    }),
    (error: unknown) => ({ atMs: run.clock.now(), rows: [], rowCount: null, command: null, error }),
  );
}
