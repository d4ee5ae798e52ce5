import type { BatchRecord, OutsideLockRecord, ServerRecord } from '../../../artifacts/records/records.ts';
import { groupBy } from '../../../shared/group-by.ts';
import { outsideLocks, type LockSpan } from '../waits/outside-locks.ts';
import type { StepRun } from '../step-runs.ts';
import type { StatementTry } from '../waits/windows.ts';

const MOST_POINTS = 2000;

interface LockBar {
  readonly step: string;
  /** 0 for a step without statements. */
  readonly statement: number;
  readonly relation: string;
  readonly mode: string;
  readonly waitFromMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Locks and waits of a step's statements as bars: from the first moment in the queue over the grant to the release. */
export function lockBars(
  step: StepRun,
  tries: readonly StatementTry[],
  locks: readonly OutsideLockRecord[],
): LockBar[] {
  const name = step.planned.name;
  if (tries.length === 0) {
    if (step.window === null) return [];
    const own = locks.filter((lock) => lock.step === name);
    return outsideLocks(own, step.window).map((span) => ({
      step: name,
      statement: 0,
      waitFromMs: span.fromMs,
      ...span,
    }));
  }
  return tries.flatMap((statement) => barsOf(name, statement));
}

function barsOf(step: string, { record, waits, spans }: StatementTry): LockBar[] {
  const statement = record.index;
  const waitsFor = groupBy(waits, ({ wait }) => wait.relation);
  const held = wholes(spans).map((span) => ({
    step,
    statement,
    waitFromMs: Math.min(span.fromMs, ...(waitsFor.get(span.relation) ?? []).map(({ fromMs }) => fromMs)),
    ...span,
  }));
  const granted = new Set(spans.flatMap(({ relation, partitionOf }) => [relation, partitionOf]));
  const inVain = waits.flatMap(({ wait: { relation, mode }, fromMs, toMs }) =>
    relation === null || granted.has(relation)
      ? []
      : [{ step, statement, relation, mode, waitFromMs: fromMs, fromMs: toMs, toMs }],
  );
  return [...held, ...inVain];
}

/** Hundreds of partitions that are locked in the same way are one bar: that of the table that they make up. */
function wholes(spans: readonly LockSpan[]): LockSpan[] {
  const bars = spans.map(({ relation, mode, fromMs, toMs, partitionOf = relation }) => {
    return { relation: partitionOf, mode, fromMs, toMs };
  });
  return [
    ...groupBy(bars, (bar) => `${bar.mode} ${bar.fromMs} ${bar.toMs} ${bar.relation}`).values(),
  ].flatMap(([first]) => (first === undefined ? [] : [first]));
}

/** The longest bars where there are too many to draw, in order of time. */
export function drawable(bars: readonly LockBar[]): LockBar[] {
  const longest = bars
    .toSorted((a, b) => b.toMs - b.waitFromMs - (a.toMs - a.waitFromMs))
    .slice(0, MOST_POINTS);
  return longest.sort((a, b) => a.waitFromMs - b.waitFromMs || a.statement - b.statement);
}

interface BatchPoint {
  readonly step: string;
  readonly tMs: number;
  readonly rowsPerSecond: number;
  readonly pausedMs: number;
}

/** Batches of all backfills, several in one point where there are more than 2000. */
export function batchPoints(batches: readonly BatchRecord[]): BatchPoint[] {
  const bySteps = groupBy(batches, ({ step }) => step);
  const perPoint = Math.max(1, Math.ceil(batches.length / (MOST_POINTS - bySteps.size)));
  return [...bySteps].flatMap(([step, own]) =>
    chunks(own, perPoint).map((some) => {
      const activeMs = some.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
      const rows = some.reduce((sum, batch) => sum + batch.rows, 0);
      return {
        step,
        tMs: some[0]?.startMs ?? 0,
        rowsPerSecond: activeMs > 0 ? (rows / activeMs) * 1000 : 0,
        pausedMs: some.reduce((sum, { pausedMs }) => sum + pausedMs, 0),
      };
    }),
  );
}

interface LagPoint {
  readonly tMs: number;
  readonly writeLagMs: number | null;
  readonly flushLagMs: number | null;
  readonly replayLagMs: number | null;
}

/** The standby's lags; of several seconds in one point the worst. */
export function lagPoints(server: readonly ServerRecord[]): LagPoint[] {
  return chunks(server, Math.max(1, Math.ceil(server.length / MOST_POINTS))).map((some) => {
    const most = (name: 'writeLagMs' | 'flushLagMs' | 'replayLagMs'): number | null => {
      const known = some.map((record) => record[name] ?? null).filter((lagMs) => lagMs !== null);
      return known.length === 0 ? null : Math.max(...known);
    };
    return {
      tMs: some[0]?.tMs ?? 0,
      writeLagMs: most('writeLagMs'),
      flushLagMs: most('flushLagMs'),
      replayLagMs: most('replayLagMs'),
    };
  });
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, position) =>
    items.slice(position * size, (position + 1) * size),
  );
}
