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
/** More than a connection takes pgbench where the processors are busy. */
const CONNECTING_MS = 30;

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
  const requestsPath = join(dir, `requests-${ratePerSec}-${connections}.ndjson`);
  const zeroMs = monotonicMs();
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
  // Its time runs while it connects: only the last of it counts.
  const wholeSeconds = Math.ceil(seconds + (SETTLING_MS + connections * CONNECTING_MS) / 1000);
  const shape = ['-n', '-M', 'prepared', '-c', String(connections), '-j', '1', '-f', file];
  const prefix = `lag-${ratePerSec}-${connections}`;
  const log = ['-l', `--log-prefix=${join(dir, prefix)}`];
  await pgbenchRun(endpoint, [...shape, '-R', String(ratePerSec), '-T', String(wholeSeconds), ...log]);
  const sent: { readonly atMs: number; readonly lateMs: number }[] = [];
  for (const name of await readdir(dir)) {
    if (!name.startsWith(`${prefix}.`)) continue;
    for (const line of (await readFile(join(dir, name), 'utf8')).trimEnd().split('\n')) {
      const [, , , , epoch = NaN, us = NaN, lagUs = NaN] = line.split(' ').map(Number);
      sent.push({ atMs: epoch * 1000 + us / 1000, lateMs: lagUs / 1000 });
    }
  }
  const endMs = sent.reduce((last, { atMs }) => Math.max(last, atMs), 0);
  const last = sent.filter(({ atMs }) => atMs > endMs - seconds * 1000);
  const lateMs = Float64Array.from(last.map((each) => each.lateMs));
  return { tps: last.length / seconds, lateMs, lagMs: lateMs };
}
