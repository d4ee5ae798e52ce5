import type {
  ExactWaitRecord,
  LockEntry,
  OutsideLockRecord,
  StatementRecord,
} from '../../artifacts/records.ts';
import type { LockGrant } from '../../artifacts/wait-records.ts';
import { groupBy } from './group-by.ts';

/** When each backend got ACCESS EXCLUSIVE, as the server told. */
export class Grants {
  readonly #byPid: ReadonlyMap<number, readonly LockGrant[]>;

  constructor(records: readonly ExactWaitRecord[]) {
    this.#byPid = groupBy(
      records.filter((record) => record.type === 'grant'),
      ({ pid }) => pid,
    );
  }

  /** Each ACCESS EXCLUSIVE that the statement got, as a look at that moment would have seen it. */
  seenOf({ pid, step, sentMs, respondedMs }: StatementRecord): OutsideLockRecord[] {
    const within = (this.#byPid.get(pid) ?? []).filter(({ tMs }) => tMs >= sentMs && tMs <= respondedMs);
    return within.flatMap(({ tMs, relation }) =>
      relation.startsWith('pg_toast.')
        ? []
        : [{ ...{ tMs, pid, step, relation }, mode: 'AccessExclusiveLock', granted: true }],
    );
  }

  /** The first moment within the statement; undefined where the server did not tell, as of other modes. */
  grantMs({ pid, sentMs, respondedMs }: StatementRecord, { relation, mode }: LockEntry): number | undefined {
    if (mode !== 'AccessExclusiveLock') return undefined;
    const own = this.#byPid.get(pid) ?? [];
    const within = own.filter(
      (grant) => grant.relation === relation && grant.tMs >= sentMs && grant.tMs <= respondedMs,
    );
    return within.length === 0 ? undefined : Math.min(...within.map(({ tMs }) => tMs));
  }
}
