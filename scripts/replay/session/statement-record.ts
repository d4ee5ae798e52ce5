import pg from 'pg';
import type { StatementRecord } from '../../artifacts/records/records.ts';
import type { Answer } from './answer.ts';
import type { UnitRun } from './unit-run.ts';
import type { Absorbed } from './step-catalog.ts';
import { StepFailure, stepErrorAt } from './step-failure.ts';
import type { PlacedStatement } from './units.ts';

/** A statement whose transaction goes on. */
export type Pending = Omit<StatementRecord, 'releasedMs'>;

type Identity = Pick<
  StatementRecord,
  'type' | 'step' | 'index' | 'attempt' | 'file' | 'line' | 'sql' | 'pid'
>;

export function identity(statement: PlacedStatement, run: UnitRun): Identity {
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

/** How a statement's locks came to be known. */
export type Seen =
  | { readonly how: 'transaction'; readonly capture: Absorbed }
  /** SET and the like lock nothing. */
  | { readonly how: 'nothing-new' }
  | { readonly how: 'outside' };

interface Heard {
  readonly sentMs: number;
  readonly responded: Answer;
  readonly seen: Seen;
  /** Index of the statement before it that has told what it locked. */
  readonly last: number | undefined;
}

export function pendingRecord(
  statement: PlacedStatement,
  run: UnitRun,
  { sentMs, responded, seen, last }: Heard,
): Pending {
  const capture = seen.how === 'transaction' ? seen.capture : undefined;
  const notices = run.session.notices.take();
  return {
    ...identity(statement, run),
    command: responded.command,
    sentMs,
    respondedMs: responded.atMs,
    rows: responded.rowCount,
    capture: seen.how === 'outside' ? 'outside' : 'transaction',
    newLocks: capture?.newLocks ?? [],
    ...(seen.how === 'outside' || last === undefined ? {} : { heldWith: last }),
    rewrote: capture?.rewrote ?? [],
    walBytes: capture?.walBytes ?? null,
    sizeChangeBytes: capture?.sizeChangeBytes ?? null,
    error: null,
    ...(notices.length === 0 ? {} : { notices }),
    ...(capture === undefined ? {} : { lockSlots: capture.lockSlots }),
    ...(capture === undefined || capture.scanned.length === 0 ? {} : { scanned: capture.scanned }),
  };
}

export function failureAt(error: unknown, statement: PlacedStatement | undefined): StepFailure {
  const at =
    statement === undefined ? null : { file: statement.file, line: statement.line, sql: statement.text };
  const isRefused = error instanceof pg.DatabaseError && statement !== undefined;
  const refused = isRefused ? { sql: statement.text, refusal: error } : undefined;
  return new StepFailure(stepErrorAt(error, at), error, refused);
}

export function leftOpen(statement: PlacedStatement | undefined): StepFailure {
  return new StepFailure({
    sqlstate: null,
    message: 'the transaction was still open at the end of the step and was rolled back, as psql does',
    hint: 'end it with COMMIT',
    file: statement?.file ?? null,
    line: statement?.line ?? null,
    excerpt: null,
  });
}
