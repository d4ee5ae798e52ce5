import type { StatementRecord } from '../../artifacts/records/records.ts';
import { answer } from './answer.ts';
import { runTransaction } from './run-transaction.ts';
import { failureAt, identity } from './statement-record.ts';
import { StepFailure } from './step-failure.ts';
import type { PlacedStatement, Unit } from './units.ts';
import type { UnitRun } from './unit-run.ts';

/**
 * Runs one unit once, and records each of its statements when the unit is over (only then are its locks free).
 * @throws StepFailure with the place in the author's file; the transaction is rolled back by then
 * @throws CaptureRefused when the session turned out to have no rights to see its locks; nothing was done or recorded
 */
export async function runUnit(unit: Unit, run: UnitRun): Promise<void> {
  const isOpen = unit.kind === 'block' && unit.isOpen && run.isFirstTry;
  if (isOpen) run.catalog.beginChained();
  else await run.catalog.begin(run.session.client);
  switch (unit.kind) {
    case 'bare':
      await runBare(unit.statement, run);
      break;
    case 'statement':
      await runStatement(unit.statement, run);
      break;
    case 'block':
      await runTransaction({ ...unit, begin: isOpen ? null : unit.begin }, run);
  }
}

/** active_sql_transaction; invalid_transaction_termination. PostgreSQL says so before, or has undone, whatever it did. */
export const REFUSED_IN_BLOCK = new Set<string | null>(['25001', '2D000']);

/**
 * One statement in a transaction of ours, which lets its locks be seen. Where only the server can know that it runs in none,
 * as for REINDEX of a partitioned table, CLUSTER of one, or a procedure behind DO that commits, it is sent again as psql does.
 */
async function runStatement(statement: PlacedStatement, run: UnitRun): Promise<void> {
  const records: StatementRecord[] = [];
  const held = { ...run, write: (record: StatementRecord) => void records.push(record) };
  try {
    await runTransaction({ begin: 'BEGIN', statements: [statement], end: 'COMMIT' }, held);
  } catch (error) {
    if (error instanceof StepFailure && REFUSED_IN_BLOCK.has(error.error.sqlstate)) {
      await run.catalog.begin(run.session.client);
      await runBare(statement, run);
      return;
    }
    records.forEach(run.write);
    throw error;
  }
  records.forEach(run.write);
}

async function runBare(statement: PlacedStatement, run: UnitRun): Promise<void> {
  const sentMs = run.clock.now();
  const responded = await answer(run, statement);
  const failure = responded.error === undefined ? undefined : failureAt(responded.error, statement);
  if (failure && failure.error.sqlstate === null) throw failure; // the connection is gone: nothing more to compare
  const change = await run.catalog.compare(run.session.client, statement);
  // A COMMIT without a transaction has no number of its own.
  if (statement.control === null || failure) {
    const notices = run.session.notices.take();
    run.write({
      ...identity(statement, run),
      command: responded.command,
      sentMs,
      respondedMs: responded.atMs,
      releasedMs: responded.atMs,
      rows: responded.rowCount,
      capture: 'outside',
      newLocks: [],
      ...change,
      error: failure?.error ?? null,
      ...(notices.length === 0 ? {} : { notices }),
    });
  }
  if (failure) throw failure;
}
