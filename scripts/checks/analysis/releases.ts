import type { ExactWaitRecord, StatementRecord } from '../../artifacts/records.ts';
import type { LockRelease } from '../../artifacts/wait-records.ts';
import { groupBy } from './group-by.ts';

/** A transaction's end gives back ordinary locks first and advisory ones right after: two releases that belong together. */
const SAME_END_MS = 0.5;

/** When each backend gave back its locks, as the server told. */
export class Releases {
  readonly #byPid: ReadonlyMap<number, readonly LockRelease[]>;

  constructor(records: readonly ExactWaitRecord[]) {
    const releases = records.filter((record) => record.type === 'release');
    this.#byPid = groupBy(
      releases.toSorted((a, b) => a.tMs - b.tMs),
      ({ pid }) => pid,
    );
  }

  /**
   * The statement with the moment of its release, where the server told of one: the answer to COMMIT arrives later, because those
   * who waited take the processor first.
   */
  exact(record: StatementRecord): StatementRecord {
    const own = this.#byPid.get(record.pid) ?? [];
    const last = own.findLastIndex(({ tMs }) => tMs <= record.releasedMs);
    const [before, at] = [own[last - 1], own[last]];
    if (at === undefined || at.tMs <= record.sentMs) return record;
    const isPair = before !== undefined && at.tMs - before.tMs <= SAME_END_MS && before.tMs > record.sentMs;
    return { ...record, releasedMs: (isPair ? before : at).tMs };
  }
}
