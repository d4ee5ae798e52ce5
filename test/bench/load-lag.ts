import { join } from 'node:path';
import { readRequests } from '../../scripts/checks/request-table.ts';
import { parseWorkload } from '../../scripts/load/parse-workload.ts';
import { startLoad } from '../../scripts/load/start-load.ts';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';
import { monotonicMs, sleep } from '../../scripts/shared/clock.ts';

const SETTLING_MS = 1500;
const DRAIN_MS = 5000;
const CONNECTIONS = 16;

/** How late requests are sent for which a connection is free, in ms: the whole load process, with its records. */
export async function scheduleLag(
  endpoint: PgEndpoint,
  dir: string,
  text: string,
  ratePerSec: number,
  seconds: number,
): Promise<Float64Array> {
  const parsed = parseWorkload({ name: 'read', path: 'read.sql', text }, 'read.sql');
  if ('mistakes' in parsed) throw new Error(JSON.stringify(parsed.mistakes));
  const requestsPath = join(dir, `requests-${ratePerSec}.ndjson`);
  const zeroMs = monotonicMs();
  const load = await startLoad({
    endpoint,
    spec: {
      ...{ ratePerSec, connections: CONNECTIONS, seed: 1, warmupMs: 0, cooldownMs: 0 },
      versions: [{ name: 'app', dir: '', scripts: [] }],
    },
    scripts: new Map([['app', [parsed.script]]]),
    pools: new Map(),
    ...{ zeroMs, requestsPath, signal: new AbortController().signal },
    onSecond: () => undefined,
    onEvent: () => undefined,
  });
  const fromMs = monotonicMs() - zeroMs + SETTLING_MS;
  await sleep(SETTLING_MS + seconds * 1000);
  await load.stop(DRAIN_MS);
  const { count, intendedMs, readyMs, sentMs } = await readRequests(requestsPath, 'requests.ndjson');
  const lags: number[] = [];
  for (let row = 0; row < count; row++) {
    if ((intendedMs[row] ?? 0) >= fromMs) lags.push(Math.max(0, (sentMs[row] ?? 0) - (readyMs[row] ?? 0)));
  }
  return Float64Array.from(lags);
}
