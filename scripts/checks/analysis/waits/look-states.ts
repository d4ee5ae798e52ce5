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
   */
  during(stretch: Interval, use: (state: LookState, during: Interval) => void): void {
    for (const { state, fromMs, toMs } of this.changes(stretch))
      if (state.size > 0) use(state, { fromMs, toMs });
  }

  /**
   * The same with the empty ones, and with what each came from.
   * @param moreMoments at which something else changes, so that a state is told of again
   */
  *changes(stretch: Interval, moreMoments: readonly number[] = []): Generator<Change> {
    const seen = this.#seen.touching(stretch);
    const moments = momentsOf(seen, moreMoments, stretch);
    const ends = seen.toSorted((a, b) => a.toMs - b.toMs);
    const state = new Map<number, WaitRecord>();
    let begun = 0;
    let ended = 0;
    for (const [position, fromMs] of moments.entries()) {
      const gone: WaitRecord[] = [];
      const come: WaitRecord[] = [];
      for (let next = ends[ended]; next !== undefined && next.toMs < fromMs; next = ends[++ended]) {
        if (state.get(next.record.pid) !== next.record) continue;
        state.delete(next.record.pid);
        gone.push(next.record);
      }
      for (let next = seen[begun]; next !== undefined && next.fromMs <= fromMs; next = seen[++begun]) {
        if (next.toMs < fromMs) continue;
        const before = state.get(next.record.pid);
        if (before !== undefined) gone.push(before);
        state.set(next.record.pid, next.record);
        come.push(next.record);
      }
      yield { state, fromMs, toMs: moments[position + 1] ?? lastOf(ends, fromMs), gone, come };
    }
  }
}

/** A state, and what of it was otherwise in the one before. One that comes and is replaced at once is in both lists. */
export interface Change extends Interval {
  readonly state: LookState;
  readonly gone: readonly WaitRecord[];
  readonly come: readonly WaitRecord[];
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
