import { readRequests, type RequestTable } from '../../../scripts/checks/evidence/request-table.ts';
import type { ParsedScript } from '../../../scripts/load/scripts/script.ts';
import { startLoad } from '../../../scripts/load/start-load.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import type { RunClock } from '../../../scripts/shared/run-clock.ts';

const DRAIN_MS = 30_000;

interface AppLoad {
  readonly ratePerSec: number;
  readonly connections: number;
  readonly scripts: readonly ParsedScript[];
}

/** Open-loop traffic on `clock` while `work` goes on; every request of it. */
export async function underAppLoad(
  endpoint: PgEndpoint,
  { ratePerSec, connections, scripts }: AppLoad,
  clock: RunClock,
  requestsPath: string,
  work: () => Promise<void>,
): Promise<RequestTable> {
  const load = await startLoad({
    endpoint,
    spec: {
      ratePerSec,
      connections,
      seed: 1,
      warmupMs: 0,
      cooldownMs: 0,
      versions: [{ name: 'app', dir: '', scripts: [] }],
    },
    scripts: new Map([['app', scripts]]),
    pools: new Map(),
    zeroMs: clock.zeroMs,
    requestsPath,
    signal: new AbortController().signal,
    onSecond: () => undefined,
    onEvent: () => undefined,
  });
  try {
    await work();
    await load.stop(DRAIN_MS);
  } finally {
    load.kill();
  }
  return readRequests(requestsPath, 'requests.ndjson');
}

/** From due to answered, in ms, of the requests that were due in a window. */
export function latenciesWithin(
  { count, intendedMs, endMs }: RequestTable,
  window: { readonly fromMs: number; readonly toMs: number },
): number[] {
  const latencies: number[] = [];
  for (let row = 0; row < count; row++) {
    const dueMs = intendedMs[row] ?? 0;
    if (dueMs >= window.fromMs && dueMs < window.toMs) latencies.push((endMs[row] ?? 0) - dueMs);
  }
  return latencies;
}
