import type { RequestTable } from '../../evidence/request-table.ts';
import type { Interval } from '../../../shared/intervals/intervals.ts';

export interface ScriptRequests {
  readonly version: string;
  readonly script: string;
  readonly requests: number;
}

/** How many requests of such scripts were due or in flight in that time, by script; those without any are left out. */
export function requestsWithin(
  { count, intendedMs, endMs, version, script, versions, scripts }: RequestTable,
  { fromMs, toMs }: Interval,
  isMeant: (version: string, script: string) => boolean,
): ScriptRequests[] {
  const counts = scripts.map((names) => names.map(() => 0));
  for (let row = 0; row < count && (intendedMs[row] ?? 0) <= toMs; row++) {
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
