import type { Result } from '../../../checks/result/contract/result.ts';

type Batch = Result['timeline']['batches'][number];

/** Batches that share a place in the chart. */
export interface BackfillColumn {
  readonly left: number;
  readonly right: number;
  /** Rows per second while batches ran, weighted by their time. */
  readonly rowsPerSecond: number;
}

interface Pause {
  readonly left: number;
  readonly right: number;
  readonly ms: number;
}

const COLUMN = 3;
/** A pause longer than this is worth showing. */
const SHOWN_PAUSE_MS = 1000;
/** The last batch of a backfill has no next one to end at. */
const LAST_BATCH_MS = 50;

/** How fast the backfills went, in columns wide enough that short batches do not flicker; none while they paused. */
export function backfillColumns(batches: readonly Batch[], x: (ms: number) => number): BackfillColumn[] {
  const columns: (BackfillColumn & { activeMs: number; rows: number; step: string })[] = [];
  batches.forEach((batch, at) => {
    const next = batches[at + 1];
    const follows = next?.step === batch.step;
    const activeMs = Math.max(1, follows ? next.tMs - next.pausedMs - batch.tMs : LAST_BATCH_MS);
    const left = x(batch.tMs);
    const right = x(batch.tMs + activeMs);
    const rows = (batch.rowsPerSecond * activeMs) / 1000;
    const last = columns.at(-1);
    if (last !== undefined && last.step === batch.step && right - last.left <= COLUMN) {
      const sum = { activeMs: last.activeMs + activeMs, rows: last.rows + rows };
      columns[columns.length - 1] = {
        ...last,
        right: Math.max(last.right, right),
        ...sum,
        rowsPerSecond: (sum.rows / sum.activeMs) * 1000,
      };
    } else {
      columns.push({ left, right, activeMs, rows, step: batch.step, rowsPerSecond: batch.rowsPerSecond });
    }
  });
  return columns.map(({ left, right, rowsPerSecond }) => ({ left, right, rowsPerSecond }));
}

export function pausesOf(batches: readonly Batch[], x: (ms: number) => number): Pause[] {
  return batches
    .filter(({ pausedMs }) => pausedMs >= SHOWN_PAUSE_MS)
    .map(({ tMs, pausedMs }) => ({ left: x(tMs - pausedMs), right: x(tMs), ms: pausedMs }));
}
