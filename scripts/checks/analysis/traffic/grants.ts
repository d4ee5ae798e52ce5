import type {
  ExactWaitRecord,
  LockEntry,
  OutsideLockRecord,
  StatementRecord,
} from '../../../artifacts/records/records.ts';
import type { LockGrant } from '../../../artifacts/records/wait-records.ts';
import { groupBy } from '../../../shared/group-by.ts';
import { firstAbove, firstFrom } from '../../../shared/intervals/overlap-index.ts';

/** When each backend got ACCESS EXCLUSIVE, as the server told. */
export class Grants {
  /** By process id and relation, in order of time. */
  readonly #byLock: ReadonlyMap<string, readonly LockGrant[]>;
  /** In order of time. */
  readonly #byPid: ReadonlyMap<number, readonly LockGrant[]>;

  constructor(records: readonly ExactWaitRecord[]) {
    const grants = records.filter((record) => record.type === 'grant').sort((a, b) => a.tMs - b.tMs);
    this.#byLock = groupBy(grants, ({ pid, relation }) => `${pid} ${relation}`);
    this.#byPid = groupBy(grants, ({ pid }) => pid);
  }

  /** Each ACCESS EXCLUSIVE that the statement got, as a look at that moment would have seen it. */
  seenOf({ pid, step, sentMs, respondedMs }: StatementRecord): OutsideLockRecord[] {
    const own = this.#byPid.get(pid) ?? [];
    const timeOf = ({ tMs }: LockGrant): number => tMs;
    const within = own.slice(firstFrom(own, sentMs, timeOf), firstAbove(own, respondedMs, timeOf));
    return within.flatMap(({ tMs, relation }) =>
      relation.startsWith('pg_toast.')
        ? []
        : [{ tMs, pid, step, relation, mode: 'AccessExclusiveLock', granted: true }],
    );
  }

  /** The first moment within the statement; undefined where the server did not tell, as of other modes. */
  grantMs({ pid, sentMs, respondedMs }: StatementRecord, { relation, mode }: LockEntry): number | undefined {
    if (mode !== 'AccessExclusiveLock') return undefined;
    const own = this.#byLock.get(`${pid} ${relation}`) ?? [];
    const first = own[firstFrom(own, sentMs, ({ tMs }) => tMs)]?.tMs;
    return first === undefined || first > respondedMs ? undefined : first;
  }
}
