import type { CaptureRow } from '../../probes/lock-capture.ts';
import { answer, type Answer } from './answer.ts';
import { CaptureRefused, mentionsRole } from './capture-rights.ts';
import { HeldLocks } from './held-locks.ts';
import type { UnitRun } from './unit-run.ts';
import { failureAt, leftOpen, pendingRecord, type Seen } from './statement-record.ts';
import type { StepFailure } from './step-failure.ts';
import { transactionDetail } from './transaction-control.ts';
import type { PlacedStatement } from './units.ts';

interface Transaction {
  /** Null = it is open already. */
  readonly begin: string | null;
  readonly statements: readonly PlacedStatement[];
  /** Null = the author never ended it. */
  readonly end: string | null;
}

/** A query of ours behind SET would fix the snapshot, and SET TRANSACTION must come before any query. It locks nothing. */
const LOCKS_NOTHING = 'VariableSetStmt';

/** @throws StepFailure, CaptureRefused; rolled back by then */
export async function runTransaction(transaction: Transaction, run: UnitRun): Promise<void> {
  const { begin, statements, end } = transaction;
  const locks = new HeldLocks();
  const beginning = begin === null ? undefined : answer(run, begin);
  let ended: Promise<Answer> | undefined;
  let failure: StepFailure | undefined;
  for (const [position, statement] of statements.entries()) {
    const isLast = position === statements.length - 1;
    const sending = send(statement, isLast ? end : null, run);
    ended = sending.ended;
    const begun = await beginning;
    if (begun?.error !== undefined) throw failureAt(begun.error, statement);
    failure = await follow(statement, sending, locks, run);
    if (failure) break;
  }
  const closing = await (ended ?? answer(run, failure || end === null ? 'ROLLBACK' : end));
  // Deferred triggers speak, and deferred constraints are refused, at the end.
  const said = run.session.notices.take();
  const wasUndone = failure !== undefined || end === null || transactionDetail(end).undoes;
  // COMMIT AND CHAIN that was sent in the same flight has begun another one.
  if (failure && ended) await answer(run, 'ROLLBACK');
  if (!failure && closing.error !== undefined) {
    failure = failureAt(closing.error, statements.at(-1));
    await answer(run, 'ROLLBACK');
  }
  if (!failure && end === null) failure = leftOpen(statements.at(-1));
  if (wasUndone || failure) run.catalog.undo();
  const records = locks.end(closing.atMs);
  run.session.notices.take(); // of a ROLLBACK of ours
  for (const [position, record] of records.entries()) {
    if (position < records.length - 1) run.write(record);
    else {
      const notices = [...(record.notices ?? []), ...said];
      const heard = notices.length === 0 ? record : { ...record, notices };
      run.write(failure ? { ...heard, error: failure.error } : heard);
    }
  }
  if (failure) throw failure;
}

interface Sending {
  readonly sentMs: number;
  readonly responding: Promise<Answer>;
  readonly capturing: Promise<Answer<CaptureRow>> | undefined;
  readonly ended: Promise<Answer> | undefined;
}

/** Statement, capture and end go out in one flight: no round trip while the locks are held. */
function send(statement: PlacedStatement, end: string | null, run: UnitRun): Sending {
  const sentMs = run.clock.now();
  const responding = answer(run, statement);
  const isAlone = mentionsRole(statement) || statement.copyRows !== undefined;
  const isFollowed = isCaptured(statement, run) && !isAlone;
  const capturing = isFollowed ? answer<CaptureRow>(run, run.catalog.question) : undefined;
  const ended = end === null || isAlone ? undefined : answer(run, end);
  return { sentMs, responding, capturing, ended };
}

function isCaptured(statement: PlacedStatement, { rights }: UnitRun): boolean {
  return statement.control === null && statement.node !== LOCKS_NOTHING && rights.mayCapture;
}

/** Waits for the answers and takes them in. Returns the statement's failure. */
async function follow(
  statement: PlacedStatement,
  { sentMs, responding, capturing, ended }: Sending,
  locks: HeldLocks,
  run: UnitRun,
): Promise<StepFailure | undefined> {
  const responded = await responding;
  const heard = { sentMs, responded };
  const failure = responded.error === undefined ? undefined : failureAt(responded.error, statement);
  if (statement.control !== null) {
    if (!failure) control(statement, responded.atMs, locks, run);
  } else if (failure) {
    // A refused capture tells nothing here. What a long statement held before it failed was seen from outside.
    await capturing;
    locks.add(pendingRecord(statement, run, { ...heard, seen: { how: 'outside' }, last: locks.last }), false);
  } else {
    const seen = await seenLocks(statement, capturing, ended, run);
    const record = pendingRecord(statement, run, { ...heard, seen, last: locks.last });
    locks.add(record, seen.how === 'transaction');
  }
  if (failure) locks.fail(responded.atMs);
  return failure;
}

async function seenLocks(
  statement: PlacedStatement,
  capturing: Promise<Answer<CaptureRow>> | undefined,
  ended: Promise<Answer> | undefined,
  run: UnitRun,
): Promise<Seen> {
  if (mentionsRole(statement)) await run.rights.check(run);
  if (statement.node === LOCKS_NOTHING) return { how: 'nothing-new' };
  const captured = await (capturing ??
    (isCaptured(statement, run) ? answer<CaptureRow>(run, run.catalog.question) : null));
  if (captured === null) return { how: 'outside' };
  const [row] = captured.rows;
  if (captured.error === undefined && row !== undefined)
    return { how: 'transaction', capture: run.catalog.absorb(row) };
  await ended;
  await answer(run, 'ROLLBACK');
  run.catalog.undo();
  throw new CaptureRefused();
}

function control(statement: PlacedStatement, atMs: number, locks: HeldLocks, run: UnitRun): void {
  const { kind, name } = transactionDetail(statement.text);
  if (kind === 'savepoint') locks.savepoint(name, run.catalog.mark());
  if (kind === 'release') locks.release(name);
  if (kind === 'rollback-to') run.catalog.undo(locks.rollbackTo(name, atMs));
}
