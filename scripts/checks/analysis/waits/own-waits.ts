import type { StatementRecord } from '../../../artifacts/records/records.ts';
import { groupBy } from '../../../shared/group-by.ts';
import { OverlapIndex } from '../../../shared/intervals/overlap-index.ts';
import type { WaitSpan } from './waits.ts';

/** Waits of the sessions that run statements of the plan: each statement finds its own among all without looking at the others. */
export class OwnWaits {
  readonly #byPid: ReadonlyMap<number, OverlapIndex<WaitSpan>>;

  /** @param statements all that are asked for: an app has waits by the million */
  constructor(waits: readonly WaitSpan[], statements: readonly StatementRecord[]) {
    const pids = new Set(statements.map(({ pid }) => pid));
    const own = groupBy(
      waits.filter(({ pid }) => pids.has(pid)),
      ({ pid }) => pid,
    );
    this.#byPid = new Map([...own].map(([pid, all]) => [pid, new OverlapIndex(all)]));
  }

  /** Those of the statement's backend that may lie between its sending and its answer. */
  during({ pid, sentMs, respondedMs }: StatementRecord): WaitSpan[] {
    return this.#byPid.get(pid)?.touching({ fromMs: sentMs, toMs: respondedMs }) ?? [];
  }
}
