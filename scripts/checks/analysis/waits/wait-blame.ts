import type { RequestTable } from '../../evidence/request-table.ts';
import type { AttributedWait } from './attributed-waits.ts';
import { groupBy } from '../../../shared/group-by.ts';
import { overlapMs } from '../../../shared/intervals/intervals.ts';
import { OverlapIndex } from '../../../shared/intervals/overlap-index.ts';

/** A request that waited for less than this share of its time on its connection was slow for another reason. */
const TELLING_SHARE = 0.2;

/** What each request waited for, by the server's own lists of waiters: its backend is known, and so are that one's waits. */
export class WaitBlame {
  readonly #requests: RequestTable;
  readonly #byPid: ReadonlyMap<number, OverlapIndex<AttributedWait>>;

  constructor(requests: RequestTable, waits: readonly AttributedWait[]) {
    this.#requests = requests;
    const byPid = groupBy(
      waits.filter(({ role }) => role === 'app'),
      ({ pid }) => pid,
    );
    this.#byPid = new Map([...byPid].map(([pid, own]) => [pid, new OverlapIndex(own)]));
  }

  /** Index of the disturbance that a request waited longest for; undefined = it waited for none, or for hardly any time. */
  of(row: number): number | undefined {
    const { sentMs, endMs, pid } = this.#requests;
    const own = this.#byPid.get(pid[row] ?? 0);
    if (own === undefined || pid[row] === 0) return undefined;
    const sent = { fromMs: sentMs[row] ?? 0, toMs: endMs[row] ?? 0 };
    const waited = new Map<number, number>();
    for (const wait of own.touching(sent)) {
      const ms = overlapMs(wait, sent);
      if (ms > 0) waited.set(wait.cause, (waited.get(wait.cause) ?? 0) + ms);
    }
    const [longest] = [...waited].sort((a, b) => b[1] - a[1]);
    if (longest === undefined || longest[1] < TELLING_SHARE * (sent.toMs - sent.fromMs)) return undefined;
    return longest[0];
  }
}
