import type { OutsideLockRecord, StatementRecord } from '../../artifacts/records/records.ts';
import { groupBy } from '../../shared/group-by.ts';
import { OverlapIndex } from '../../shared/intervals/overlap-index.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { PreparedHolds } from './prepared.ts';
import { TransactionStarts, type StepRun } from './step-runs.ts';
import { Grants } from './traffic/grants.ts';
import { HeldByStatements } from './waits/held-locks.ts';
import { Releases } from './waits/releases.ts';
import type { WaitSpan } from './waits/waits.ts';
import { failedInTransaction, statementTry, type StatementTry } from './waits/windows.ts';

/** Every try of every statement, with its locks for as long as they were kept. */
export function triesOf(
  runs: readonly StepRun[],
  { exactWaits: told = [], locks = [] }: Evidence,
  waits: readonly WaitSpan[],
  prepared: PreparedHolds,
): { step: StepRun; tries: StatementTry[] }[] {
  const releases = new Releases(told);
  const grants = new Grants(told);
  const pids = new Set(runs.flatMap(({ statements }) => statements.map(({ pid }) => pid)));
  const waitsOf = groupBy(
    waits.filter(({ pid }) => pids.has(pid)),
    ({ pid }) => pid,
  );
  const ownWaits = new Map(
    [...waitsOf].map(([pid, own]) => [
      pid,
      new OverlapIndex(own.map((wait) => ({ wait, fromMs: wait.fromMs, toMs: wait.lastSeenMs }))),
    ]),
  );
  const locksOf = groupBy(locks, ({ pid, step }) => `${pid} ${step}`);
  const locksBy = ({ pid, step }: StatementRecord): readonly OutsideLockRecord[] =>
    locksOf.get(`${pid} ${step}`) ?? [];
  const during = ({ pid, sentMs, respondedMs }: StatementRecord): WaitSpan[] => {
    const sent = { fromMs: sentMs, toMs: respondedMs };
    return (
      ownWaits
        .get(pid)
        ?.touching(sent)
        .map(({ wait }) => wait) ?? []
    );
  };
  return runs.map((step) => {
    const held = new HeldByStatements();
    const starts = new TransactionStarts();
    const tries = step.statements.map((record) =>
      statementTry(
        prepared.kept(releases.exact(record)),
        during(record),
        failedInTransaction(record) ? withTold(locksBy(record), grants.seenOf(record)) : locksBy(record),
        {
          held: held.of(record),
          grantMsOf: (of, lock) => grants.grantMs(of, lock),
          transactionSinceMs: starts.sinceMs(record),
        },
      ),
    );
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
