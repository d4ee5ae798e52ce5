import { BackfillPace } from '../../artifacts/backfill-pace.ts';
import type { BatchRecord } from '../../artifacts/records.ts';
import { percentile } from './traffic/percentiles.ts';

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
  };
}

function sum(batches: readonly BatchRecord[], of: (batch: BatchRecord) => number): number {
  return batches.reduce((total, batch) => total + of(batch), 0);
}
