import type { LoadEvent } from '../../../artifacts/records/records.ts';
import { isOwnError } from '../../../pg/own-errors.ts';
import type { RequestTable } from '../../evidence/request-table.ts';
import { groupBy } from '../../../shared/group-by.ts';

/** What the app failed with by itself, before the plan. */
export interface BaselineErrors {
  readonly version: string;
  readonly script: string;
  readonly sqlstate: string;
  readonly count: number;
  /** Requests of the script in the same time, of which `count` failed so. */
  readonly requests: number;
}

/** Name of the script that a request ran; app versions share a yardstick by it. */
export function scriptOf({ version, script, scripts }: RequestTable, row: number): string {
  return scripts[version[row] ?? 0]?.[script[row] ?? 0] ?? '';
}

export function sqlstateOf({ outcome, outcomes }: RequestTable, row: number): string {
  return outcomes[outcome[row] ?? 0] ?? '';
}

/** Of the requests that were answered by the end of the warm-up, by script and SQLSTATE; the most frequent first. */
export function baselineErrors(
  requests: RequestTable,
  load: readonly LoadEvent[] | undefined,
): BaselineErrors[] {
  const window = load?.find((event) => event.type === 'baseline');
  if (window === undefined) return [];
  const rows: number[] = [];
  requests.endMs.forEach((endMs, row) => {
    if (endMs <= window.toMs) rows.push(row);
  });
  const scripts = groupBy(rows, (row) => `${requests.version[row] ?? 0} ${scriptOf(requests, row)}`);
  return [...scripts.values()]
    .flatMap((all) => {
      const failed = all.filter((row) => isOwnError(sqlstateOf(requests, row)));
      const kinds = groupBy(failed, (row) => sqlstateOf(requests, row));
      const version = requests.versions[requests.version[all[0] ?? 0] ?? 0] ?? '';
      return [...kinds].map(([sqlstate, own]) => ({
        version,
        script: scriptOf(requests, own[0] ?? 0),
        sqlstate,
        count: own.length,
        requests: all.length,
      }));
    })
    .sort((a, b) => b.count - a.count);
}
