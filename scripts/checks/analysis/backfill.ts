import { BackfillPace } from '../../artifacts/backfill-pace.ts';
import type { BatchRecord } from '../../artifacts/records/records.ts';
import type { TriggerTime } from '../../artifacts/records/of-plan/batch-record.ts';
import { groupBy } from '../../shared/group-by.ts';
import { percentile } from '../../shared/numbers/percentile.ts';

export interface BackfillFigures {
  readonly rows: number;
  readonly batches: number;
  /** Over the time between first and last batch without the pauses. */
  readonly rowsPerSecond: number;
  readonly batchP50Ms: number;
  readonly batchP99Ms: number;
  readonly walBytes: number;
  readonly pausedMs: number;
  /** In order of their first appearance. */
  readonly pauseReasons: readonly string[];
  /** That its updates fired, the most expensive first. */
  readonly triggers: readonly TriggerShare[];
}

/** One trigger, or one foreign key, over the batches in which it was measured. */
export interface TriggerShare extends Pick<TriggerTime, 'name' | 'function' | 'calls'> {
  /** Rows that these batches changed. */
  readonly rows: number;
  /** Of the time of their updates, 0 to 1. */
  readonly share: number;
}

/** Undefined for no batches. */
export function backfillFigures(batches: readonly BatchRecord[]): BackfillFigures | undefined {
  if (batches.length === 0) return undefined;
  const pace = new BackfillPace();
  for (const batch of batches) pace.add(batch);
  const lengthsMs = Float64Array.from(batches, ({ startMs, endMs }) => endMs - startMs).sort();
  return {
    rows: sum(batches, (batch) => batch.rows),
    batches: batches.length,
    rowsPerSecond: pace.rowsPerSecond,
    batchP50Ms: percentile(lengthsMs, 0.5),
    batchP99Ms: percentile(lengthsMs, 0.99),
    walBytes: sum(batches, (batch) => batch.walBytes),
    pausedMs: sum(batches, (batch) => batch.pausedMs),
    pauseReasons: [
      ...new Set(batches.map(({ pauseReason }) => pauseReason).filter((reason) => reason !== null)),
    ],
    triggers: triggerShares(batches),
  };
}

/** Triggers of partitions are one by name and function. */
function triggerShares(batches: readonly BatchRecord[]): TriggerShare[] {
  const measured = batches.flatMap(({ rows, triggers }) =>
    triggers === undefined ? [] : [{ rows, ...triggers }],
  );
  const executionMs = measured.reduce((total, one) => total + one.executionMs, 0);
  if (executionMs === 0) return [];
  const rows = measured.reduce((total, one) => total + one.rows, 0);
  const fired = groupBy(
    measured.flatMap((one) => one.fired),
    ({ name, function: called }) => JSON.stringify([name, called]),
  );
  return [...fired.values()]
    .flatMap((own): TriggerShare[] => {
      const [first] = own;
      if (first === undefined) return [];
      const calls = own.reduce((total, one) => total + one.calls, 0);
      const timeMs = own.reduce((total, one) => total + one.timeMs, 0);
      const share = Math.min(1, timeMs / executionMs);
      return [{ name: first.name, function: first.function, calls, rows, share }];
    })
    .sort((a, b) => b.share - a.share);
}

function sum(batches: readonly BatchRecord[], of: (batch: BatchRecord) => number): number {
  return batches.reduce((total, batch) => total + of(batch), 0);
}
