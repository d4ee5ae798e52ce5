import type { RequestTable } from '../../evidence/request-table.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';
import { firstAbove, firstFrom } from '../../../shared/intervals/overlap-index.ts';

export interface ScriptRequests {
  readonly version: string;
  readonly script: string;
  readonly requests: number;
}

/** Finds what was in flight in a stretch of time without looking at all requests. */
export class InFlight {
  readonly #requests: RequestTable;
  /** The latest end of a request and all before it. */
  readonly #endsMs: Float64Array;

  constructor(requests: RequestTable) {
    this.#requests = requests;
    let latest = -Infinity;
    this.#endsMs = requests.endMs.map((endMs) => (latest = Math.max(latest, endMs)));
  }

  /** How many requests of such scripts were due or in flight in that time, by script; those without any are left out. */
  within(
    { fromMs, toMs }: Interval,
    isMeant: (version: string, script: string) => boolean,
  ): ScriptRequests[] {
    const { intendedMs, endMs, version, script, versions, scripts } = this.#requests;
    const counts = scripts.map((names) => names.map(() => 0));
    const end = firstAbove(intendedMs, toMs, (ms) => ms);
    for (let row = firstFrom(this.#endsMs, fromMs, (ms) => ms); row < end; row++) {
      const own = counts[version[row] ?? 0];
      if (own !== undefined && (endMs[row] ?? 0) >= fromMs) {
        const index = script[row] ?? 0;
        own[index] = (own[index] ?? 0) + 1;
      }
    }
    return counts.flatMap((own, at) =>
      own.flatMap((requests, index): ScriptRequests[] => {
        const one = { version: versions[at] ?? '', script: scripts[at]?.[index] ?? '', requests };
        return requests > 0 && isMeant(one.version, one.script) ? [one] : [];
      }),
    );
  }
}
