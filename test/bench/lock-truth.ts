import { groupBy } from '../../scripts/shared/group-by.ts';
import type { StatementTry } from '../../scripts/checks/analysis/waits/windows.ts';
import { waitSpans } from '../../scripts/checks/analysis/waits/waits.ts';
import { waitFacts } from '../../scripts/checks/analysis/wait-tier.ts';
import { median, percentileOf, rounded } from './support/figures.ts';
import { machineLine } from './support/machine.ts';
import { printHeadline, printLine, printTable } from './support/print.ts';
import { rehearseWithTruth, type Rehearsed } from './support/rehearse.ts';
import type { TrueSpan } from './support/true-locks.ts';

/*
 * Holds of ACCESS EXCLUSIVE of known lengths by the replay's own session, under open-loop traffic on the same table. What the
 * product reports of each hold, and of the app's waits behind them, is compared with the truth from uprobes.
 */

const REPETITIONS: Readonly<Record<number, number>> = { 2: 60, 5: 60, 10: 60, 50: 40, 200: 20, 1000: 6 };
const RATE = 800;
const CONNECTIONS = 20;
/** The queue behind a hold has to be gone before the next one. */
const PAUSE_MS = 60;
const PAUSE_PER_HELD_MS = 0.7;
const SHORT_WAIT_MS = 1;

const HEAD = `version: 1
name: lock-truth
snapshot: { generator: generate.sql }
load: { rate: ${RATE}/s, connections: ${CONNECTIONS}, warmup: 2s, cooldown: 500ms, versions: { old: workload/old } }
`;

/** The lengths in turns, so that a bad second of the machine does not hit one of them alone. */
function lengthsInTurns(): number[] {
  const most = Math.max(...Object.values(REPETITIONS));
  return Array.from({ length: most }, (_, turn) =>
    Object.entries(REPETITIONS).flatMap(([ms, count]) =>
      Math.floor(((turn + 1) * count) / most) > Math.floor((turn * count) / most) ? [Number(ms)] : [],
    ),
  ).flat();
}

/** One statement, so that no round trip is part of the hold. */
function holdSql(ms: number): string {
  const pauseSeconds = (PAUSE_MS + ms * PAUSE_PER_HELD_MS) / 1000;
  const hold = `LOCK TABLE customers IN ACCESS EXCLUSIVE MODE; PERFORM pg_sleep(${ms / 1000});`;
  return `DO $$ BEGIN ${hold} END $$; SELECT pg_sleep(${pauseSeconds});`;
}

interface Hold {
  readonly nominalMs: number;
  readonly trueMs: number;
  /** Undefined = not seen. */
  readonly reportedMs: number | undefined;
}

function holds(lengths: readonly number[], { analysis, truth }: Rehearsed): Hold[] {
  const tries = analysis.steps.flatMap((step) => step.tries).filter(({ record }) => isLock(record.sql));
  return lengths.map((nominalMs, position) => {
    const statement = tries[position];
    const real = statement && truth.holds.find((hold) => isOf(hold, statement));
    if (!statement || !real)
      throw new Error(`there is no truth about hold ${position + 1} of ${nominalMs} ms`);
    const isCaught = statement.strongest?.mode === 'AccessExclusiveLock';
    return {
      nominalMs,
      trueMs: real.toMs - real.fromMs,
      reportedMs: isCaught ? statement.holdMs : undefined,
    };
  });
}

function isLock(sql: string): boolean {
  return sql.startsWith('DO ');
}

function isOf(hold: TrueSpan, { record }: StatementTry): boolean {
  return hold.pid === record.pid && hold.fromMs < record.releasedMs + 1 && hold.toMs > record.sentMs;
}

interface Waits {
  readonly trueOnes: number;
  readonly found: number;
  readonly trueSeconds: number;
  readonly reportedSeconds: number;
}

/** The app's waits for the table behind the migration. */
function waits({ analysis, truth }: Rehearsed): Waits {
  const migration = new Set(
    analysis.steps.flatMap((step) => step.tries.map((statement) => statement.record.pid)),
  );
  const held = truth.holds.filter(({ pid }) => migration.has(pid));
  const behind = truth.waits.filter(
    (wait) =>
      !migration.has(wait.pid) &&
      held.some(
        (hold) => hold.relation === wait.relation && hold.fromMs < wait.toMs && hold.toMs > wait.fromMs,
      ),
  );
  const told = (analysis.evidence.exactWaits ?? []).filter((record) => record.type === 'wait');
  const seen = groupBy(waitSpans(analysis.evidence.waits ?? [], told), ({ pid }) => pid);
  const long = behind.filter(({ fromMs, toMs }) => toMs - fromMs >= SHORT_WAIT_MS);
  const found = long.filter((wait) =>
    seen.get(wait.pid)?.some(({ fromMs, toMs }) => fromMs < wait.toMs && toMs > wait.fromMs),
  );
  return {
    trueOnes: long.length,
    found: found.length,
    trueSeconds: behind.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0) / 1000,
    reportedSeconds: analysis.steps
      .flatMap((step) => step.statements)
      .reduce((sum, { blocked }) => sum + blocked.sessionSeconds, 0),
  };
}

const lengths = lengthsInTurns();
printLine(machineLine());
const rehearsed = await rehearseWithTruth({
  head: HEAD,
  plan: '  - { phase: expand, sql: hold.sql }',
  files: { 'hold.sql': `${lengths.map(holdSql).join('\n')}\n` },
});
const all = holds(lengths, rehearsed);
const errorsOf = (some: readonly Hold[]): number[] =>
  some.flatMap(({ trueMs, reportedMs }) => (reportedMs === undefined ? [] : [reportedMs - trueMs]));
const sizes = (values: readonly number[]): number[] => values.map(Math.abs);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
printTable(
  `holds of ACCESS EXCLUSIVE under ${RATE} requests/s, errors in ms`,
  ['hold', 'repetitions', 'caught', 'true median', 'mean |error|', 'p99 |error|', 'median error'],
  Object.keys(REPETITIONS).map((key) => {
    const own = all.filter(({ nominalMs }) => nominalMs === Number(key));
    const errors = errorsOf(own);
    return [
      `${key} ms`,
      own.length,
      errors.length,
      median(own.map(({ trueMs }) => trueMs)).toFixed(2),
      ...[mean(sizes(errors)), percentileOf(sizes(errors), 99), median(errors)].map((ms) => ms.toFixed(2)),
    ];
  }),
);
const wait = waits(rehearsed);
printTable(
  `the app's waits behind them`,
  ['', 'true', 'reported'],
  [
    [`waits of ${SHORT_WAIT_MS} ms or more`, String(wait.trueOnes), String(wait.found)],
    ['session-seconds', wait.trueSeconds.toFixed(2), wait.reportedSeconds.toFixed(2)],
  ],
);
const errors = sizes(errorsOf(all));
printHeadline({
  caught: rounded(errors.length / all.length),
  errorMeanMs: rounded(mean(errors)),
  errorP99Ms: rounded(percentileOf(errors, 99)),
  waitsFound: rounded(wait.found / wait.trueOnes),
  sessionSecondsError: rounded(Math.abs(wait.reportedSeconds / wait.trueSeconds - 1), 4),
  tier: waitFacts(rehearsed.analysis.evidence).tier,
});
