import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readRequests } from '../../scripts/checks/evidence/request-table.ts';
import type { ParsedScript } from '../../scripts/load/scripts/script.ts';
import { startLoad } from '../../scripts/load/start-load.ts';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';
import { monotonicMs, sleep } from '../../scripts/shared/clock.ts';
import { pgbenchRun } from './support/pgbench.ts';

const SETTLING_MS = 1500;
const DRAIN_MS = 5000;
const CONNECTIONS = 16;
const MICROSECONDS_PER_MS = 1000;

/** How late requests are sent for which a connection is free, in ms: the whole load process, with its records. */
export async function driverLags(
  endpoint: PgEndpoint,
  dir: string,
  script: ParsedScript,
  ratePerSec: number,
  seconds: number,
): Promise<Float64Array> {
  const requestsPath = join(dir, `requests-${ratePerSec}.ndjson`);
  const zeroMs = monotonicMs();
  const load = await startLoad({
    endpoint,
    spec: {
      ratePerSec,
      connections: CONNECTIONS,
      seed: 1,
      warmupMs: 0,
      cooldownMs: 0,
      versions: [{ name: 'app', dir: '', scripts: [] }],
    },
    scripts: new Map([['app', [script]]]),
    pools: new Map(),
    zeroMs,
    requestsPath,
    signal: new AbortController().signal,
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

/** The same of pgbench -R, from its log; it writes one there as the driver does. */
export async function pgbenchLags(
  endpoint: PgEndpoint,
  dir: string,
  file: string,
  ratePerSec: number,
  seconds: number,
): Promise<Float64Array> {
  const shape = ['-n', '-M', 'prepared', '-c', String(CONNECTIONS), '-j', '1', '-f', file];
  const log = ['-l', `--log-prefix=${join(dir, 'lag')}`];
  await pgbenchRun(endpoint, [...shape, '-R', String(ratePerSec), '-T', String(seconds), ...log]);
  const lags: number[] = [];
  for (const name of await readdir(dir)) {
    if (!name.startsWith('lag.')) continue;
    for (const line of (await readFile(join(dir, name), 'utf8')).trimEnd().split('\n')) {
      lags.push(Number(line.split(' ')[6]) / MICROSECONDS_PER_MS);
    }
  }
  return Float64Array.from(lags);
}
