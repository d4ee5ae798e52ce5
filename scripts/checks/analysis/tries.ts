import type { OutsideLockRecord } from '../../artifacts/records/records.ts';
import { groupBy } from '../../shared/group-by.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { PreparedHolds } from './prepared.ts';
import { TransactionStarts, type StepRun } from './step-runs.ts';
import { Grants } from './traffic/grants.ts';
import { HeldByStatements } from './waits/held-locks.ts';
import { Releases } from './waits/releases.ts';
import type { OwnWaits } from './waits/own-waits.ts';
import { Sightings } from './waits/sightings.ts';
import { failedInTransaction, statementTry, type StatementTry } from './waits/windows.ts';

/** Every try of every statement, with its locks for as long as they were kept. */
export function triesOf(
  runs: readonly StepRun[],
  { exactWaits = [], locks = [] }: Evidence,
  waits: OwnWaits,
  prepared: PreparedHolds,
): { step: StepRun; tries: StatementTry[] }[] {
  const releases = new Releases(exactWaits);
  const grants = new Grants(exactWaits);
  const locksOf = groupBy(locks, ({ step }) => step);
  return runs.map((step) => {
    const held = new HeldByStatements();
    const starts = new TransactionStarts();
    const seen = new Sightings(locksOf.get(step.planned.name) ?? []);
    const tries = step.statements.map((told) => {
      const record = prepared.kept(releases.exact(told));
      const transactionSinceMs = starts.sinceMs(told);
      const own = seen.of(record, transactionSinceMs);
      return statementTry(
        record,
        waits.during(told),
        failedInTransaction(told) ? withTold(own, grants.seenOf(told)) : own,
        { held: held.of(told), grantMsOf: (of, lock) => grants.grantMs(of, lock), transactionSinceMs },
      );
    });
    return { step, tries };
  });
}

/** One that failed before anybody looked is known by what the server told of it. */
function withTold(
  locks: readonly OutsideLockRecord[],
  told: readonly OutsideLockRecord[],
): readonly OutsideLockRecord[] {
  return told.length === 0 ? locks : [...locks, ...told].sort((a, b) => a.tMs - b.tMs);
}
