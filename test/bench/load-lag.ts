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
const MICROSECONDS_PER_MS = 1000;

/** So many requests a second, on so many connections, for so long. */
export interface Schedule {
  readonly ratePerSec: number;
  readonly connections: number;
  readonly seconds: number;
}

export interface Kept {
  /** Requests sent for each second of the schedule. */
  readonly tps: number;
  /** From due to sent, in ms: the schedule's error. */
  readonly lateMs: Float64Array;
  /** Of that, the time while a connection was free: what is the sender's own. */
  readonly lagMs: Float64Array;
}

/** How the whole load process, with its records, keeps to a schedule. */
export async function driverKeeps(
  endpoint: PgEndpoint,
  dir: string,
  script: ParsedScript,
  { ratePerSec, connections, seconds }: Schedule,
): Promise<Kept> {
  const requestsPath = join(dir, `requests-${ratePerSec}.ndjson`);
  const zeroMs = monotonicMs();
  const load = await startLoad({
    endpoint,
    spec: {
      ...{ ratePerSec, connections, seed: 1, warmupMs: 0, cooldownMs: 0 },
      versions: [{ name: 'app', dir: '', scripts: [] }],
    },
    scripts: new Map([['app', [script]]]),
    pools: new Map(),
    ...{ zeroMs, requestsPath, signal: new AbortController().signal },
    onSecond: () => undefined,
    onEvent: () => undefined,
  });
  const fromMs = monotonicMs() - zeroMs + SETTLING_MS;
  await sleep(SETTLING_MS + seconds * 1000);
  await load.stop(DRAIN_MS);
  const { count, intendedMs, readyMs, sentMs } = await readRequests(requestsPath, 'requests.ndjson');
  const toMs = fromMs + seconds * 1000;
  const lateMs: number[] = [];
  const lagMs: number[] = [];
  let sent = 0;
  for (let row = 0; row < count; row++) {
    const [dueMs = NaN, atMs = NaN] = [intendedMs[row], sentMs[row]];
    if (atMs >= fromMs && atMs < toMs) sent += 1;
    if (dueMs < fromMs || dueMs >= toMs) continue;
    lateMs.push(Math.max(0, atMs - dueMs));
    lagMs.push(Math.max(0, atMs - (readyMs[row] ?? NaN)));
  }
  return { tps: sent / seconds, lateMs: Float64Array.from(lateMs), lagMs: Float64Array.from(lagMs) };
}

/** The same of pgbench -R, from its log; it writes one there as the driver does. All its lateness counts as its own. */
export async function pgbenchKeeps(
  endpoint: PgEndpoint,
  dir: string,
  file: string,
  { ratePerSec, connections, seconds }: Schedule,
): Promise<Kept> {
  const shape = ['-n', '-M', 'prepared', '-c', String(connections), '-j', '1', '-f', file];
  const prefix = `lag-${ratePerSec}`;
  const log = ['-l', `--log-prefix=${join(dir, prefix)}`];
  const { tps } = await pgbenchRun(endpoint, [
    ...shape,
    '-R',
    String(ratePerSec),
    '-T',
    String(seconds),
    ...log,
  ]);
  const lags: number[] = [];
  for (const name of await readdir(dir)) {
    if (!name.startsWith(`${prefix}.`)) continue;
    for (const line of (await readFile(join(dir, name), 'utf8')).trimEnd().split('\n')) {
      lags.push(Number(line.split(' ')[6]) / MICROSECONDS_PER_MS);
    }
  }
  const lateMs = Float64Array.from(lags);
  return { tps, lateMs, lagMs: lateMs };
}
