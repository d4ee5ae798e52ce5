import type { WaitRecord } from '../../../artifacts/records/records.ts';
import { lastLookMs } from '../../../artifacts/records/sighting-records.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import { OverlapIndex } from '../../../shared/intervals/overlap-index.ts';

/** Who waits for what, by process id, while nothing of it changes. */
export type LookState = ReadonlyMap<number, WaitRecord>;

interface Seen extends Interval {
  readonly record: WaitRecord;
}

/** What the looks saw, as the states between which something changed: there are as many as changes, however often was looked. */
export class LookStates {
  readonly #seen: OverlapIndex<Seen>;

  constructor(records: readonly WaitRecord[]) {
    this.#seen = new OverlapIndex(
      records.map((record) => ({ fromMs: record.tMs, toMs: lastLookMs(record), record })),
    );
  }

  /**
   * Each state that a look of `stretch` saw, in order, for as long as it was the last one seen. The state given is the same object
   * each time: whoever keeps it must copy it.
   * @param moreMoments at which something else changes, so that a state is told of again
   */
  during(
    stretch: Interval,
    use: (state: LookState, during: Interval) => void,
    moreMoments: readonly number[] = [],
  ): void {
    const seen = this.#seen.touching(stretch);
    const moments = momentsOf(seen, moreMoments, stretch);
    const ends = seen.toSorted((a, b) => a.toMs - b.toMs);
    const state = new Map<number, WaitRecord>();
    let begun = 0;
    let ended = 0;
    moments.forEach((fromMs, position) => {
      for (let next = ends[ended]; next !== undefined && next.toMs < fromMs; next = ends[++ended])
        if (state.get(next.record.pid) === next.record) state.delete(next.record.pid);
      for (let next = seen[begun]; next !== undefined && next.fromMs <= fromMs; next = seen[++begun])
        if (next.toMs >= fromMs) state.set(next.record.pid, next.record);
      if (state.size > 0) use(state, { fromMs, toMs: moments[position + 1] ?? lastOf(ends, fromMs) });
    });
  }
}

function momentsOf(seen: readonly Seen[], more: readonly number[], { fromMs, toMs }: Interval): number[] {
  const changes = seen.flatMap(({ record: { tMs, goneMs } }) =>
    goneMs === undefined ? [tMs] : [tMs, goneMs],
  );
  const within = [...changes, ...more].filter((ms) => ms > fromMs && ms <= toMs);
  const start = Number.isFinite(fromMs) ? [fromMs] : [];
  return [...new Set([...start, ...within])].sort((a, b) => a - b);
}

/** Behind the last state nothing was seen any more; a stretch of one look has a length too. */
function lastOf(ends: readonly Seen[], fromMs: number): number {
  return Math.max(fromMs + 1, (ends.at(-1)?.toMs ?? fromMs) + 1);
}
