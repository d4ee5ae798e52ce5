import type { BatchRecord } from '../../artifacts/records.ts';
import { percentile } from './percentiles.ts';

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

/** Undefined for no batches. Only a pause between two batches takes time from the work; one before the first does not. */
export function backfillFigures(batches: readonly BatchRecord[]): BackfillFigures | undefined {
  const [first] = batches;
  const last = batches.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const rows = sum(batches, (batch) => batch.rows);
  const pausedMs = sum(batches, (batch) => batch.pausedMs);
  const activeMs = last.endMs - first.startMs - (pausedMs - first.pausedMs);
  const lengthsMs = Float64Array.from(batches, ({ startMs, endMs }) => endMs - startMs).sort();
  return {
    rows,
    batches: batches.length,
    rowsPerSecond: activeMs > 0 ? (rows / activeMs) * 1000 : 0,
    batchP50Ms: percentile(lengthsMs, 0.5),
    batchP99Ms: percentile(lengthsMs, 0.99),
    walBytes: sum(batches, (batch) => batch.walBytes),
    pausedMs,
    pauseReasons: [
      ...new Set(batches.map(({ pauseReason }) => pauseReason).filter((reason) => reason !== null)),
    ],
  };
}

function sum(batches: readonly BatchRecord[], of: (batch: BatchRecord) => number): number {
  return batches.reduce((total, batch) => total + of(batch), 0);
}
