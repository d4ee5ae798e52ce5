import type { ExactWaitRecord, StatementRecord } from '../../../artifacts/records/records.ts';
import type { LockRelease } from '../../../artifacts/records/wait-records.ts';
import { groupBy } from '../../../shared/group-by.ts';
import { firstAbove } from '../../../shared/intervals/overlap-index.ts';

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
    const last = own[firstAbove(own, record.releasedMs, ({ tMs }) => tMs) - 1];
    return last === undefined || last.tMs <= record.sentMs ? record : { ...record, releasedMs: last.tMs };
  }
}
