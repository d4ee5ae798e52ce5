import type { LoadEvent } from '../../../artifacts/records/records.ts';
import type { RequestTable } from '../../evidence/request-table.ts';
import { percentile } from '../../../shared/numbers/percentile.ts';

/** A request sent later than this after its connection was free was late by the generator's own fault. */
export const LATE_MS = 50;

/** How well the generator kept its own schedule. */
export interface GeneratorFigures {
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
  readonly sent: number;
  /** Sent more than `LATE_MS` late. */
  readonly late: number;
  readonly reconnects: number;
  readonly unfinished: number;
}

export function generatorFigures(
  requests: RequestTable,
  load: readonly LoadEvent[] | undefined,
): GeneratorFigures {
  const unfinishedCode = requests.outcomes.indexOf('unfinished');
  const lags = new Float64Array(requests.count);
  let sent = 0;
  let late = 0;
  for (let row = 0; row < requests.count; row++) {
    // What the load's end cut off may never have been sent.
    if (requests.outcome[row] === unfinishedCode) continue;
    const lagMs = Math.max(0, (requests.sentMs[row] ?? 0) - (requests.readyMs[row] ?? 0));
    if (lagMs > LATE_MS) late += 1;
    lags[sent++] = lagMs;
  }
  const sorted = lags.subarray(0, sent).sort();
  const stopped = load?.find((event) => event.type === 'stopped');
  return {
    lagP50Ms: percentile(sorted, 0.5),
    lagP99Ms: percentile(sorted, 0.99),
    lagMaxMs: sorted.at(-1) ?? 0,
    sent,
    late,
    reconnects: load?.filter((event) => event.type === 'reconnected').length ?? 0,
    unfinished: stopped?.unfinished ?? requests.count - sent,
  };
}
