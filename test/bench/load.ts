import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';
import { benchScript, LoadDriver, type Measured } from './load-driver.ts';
import { driverKeeps, pgbenchKeeps, type Kept, type Schedule } from './load-lag.ts';
import { benchScripts } from './load-scripts.ts';
import { median, percentileOf, rounded, spread } from './support/figures.ts';
import { machineLine } from './support/machine.ts';
import { pgbenchInit, pgbenchRun } from './support/pgbench.ts';
import { printHeadline, printLine, printTable } from './support/print.ts';
import { withBenchServer } from './support/server.ts';

/*
 * The load driver against pgbench: the same scripts, clients, kind of connection (TCP on 127.0.0.1) and server, both
 * prepared and in a closed loop, slice by slice in turns. pgbench's threads meet as many processes of the driver: the
 * headline is the median of one against one and two against two. Then how each of them
 * keeps to a schedule: the requests that it sends, and how late, on one thread and one process.
 */

const SCALE = 10;
const CLIENTS = 16;
const ROUNDS = 7;
const SLICE_MS = 1000;
const SECONDS = 5;
const SCHEDULES: readonly Schedule[] = [
  { ratePerSec: 1_000, connections: 10, seconds: SECONDS },
  { ratePerSec: 2_000, connections: 16, seconds: SECONDS },
  { ratePerSec: 4_000, connections: 40, seconds: SECONDS },
  { ratePerSec: 16_000, connections: 40, seconds: SECONDS },
  { ratePerSec: 16_000, connections: 400, seconds: SECONDS },
];

interface Rival {
  readonly name: string;
  readonly run: () => Promise<Measured>;
}

type Results = ReadonlyMap<string, readonly Measured[]>;

/** Rounds in which each rival has a slice, every round in another order, after one that does not count. */
async function compare(rivals: readonly Rival[]): Promise<Results> {
  const results = new Map<string, Measured[]>(rivals.map(({ name }) => [name, []]));
  for (const { run } of rivals) await run();
  for (let round = 0; round < ROUNDS; round++) {
    for (let turn = 0; turn < rivals.length; turn++) {
      const rival = rivals[(round + turn) % rivals.length];
      if (rival) results.get(rival.name)?.push(await rival.run());
    }
  }
  return results;
}

/** A rival's tps over another one's in the same round. */
function ratios(results: Results, name: string, base: string): number[] {
  return (results.get(name) ?? []).map(({ tps }, round) => tps / (results.get(base)?.[round]?.tps ?? NaN));
}

const ONE = 'driver, 1 process';
const TWO = 'driver, 2 processes';
const J1 = 'pgbench -j 1';
const J2 = 'pgbench -j 2';

async function race(endpoint: PgEndpoint, name: string, file: string, text: string): Promise<Results> {
  const pgbench = (threads: number) => async (): Promise<Measured> => {
    const shape = ['-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', String(threads), '-f', file];
    const ran = await pgbenchRun(endpoint, [...shape, '-T', String(Math.ceil(SLICE_MS / 1000))]);
    return { tps: ran.tps, cpuUs: ran.cpuUsPerTransaction };
  };
  const one = new LoadDriver();
  const two = new LoadDriver();
  try {
    await one.open(endpoint, benchScript(name, text), CLIENTS, 1);
    await two.open(endpoint, benchScript(name, text), CLIENTS, 2);
    return await compare([
      { name: ONE, run: () => one.slice(SLICE_MS) },
      { name: J1, run: pgbench(1) },
      { name: TWO, run: () => two.slice(SLICE_MS) },
      { name: J2, run: pgbench(2) },
    ]);
  } finally {
    await Promise.all([one.close(), two.close()]);
  }
}

function printRace(title: string, results: Results): void {
  const against = (name: string, base: string): string => {
    const all = ratios(results, name, base);
    return `${median(all).toFixed(3)} ± ${spread(all).toFixed(3)}`;
  };
  printTable(
    title,
    ['', 'tps', 'CPU µs/tx', `of ${J1}`, `of ${J2}`],
    [...results].map(([name, slices]) => [
      name,
      Math.round(median(slices.map(({ tps }) => tps))),
      median(slices.map(({ cpuUs }) => cpuUs)).toFixed(1),
      against(name, J1),
      against(name, J2),
    ]),
  );
}

async function bench(endpoint: PgEndpoint, dir: string): Promise<void> {
  await pgbenchInit(endpoint, SCALE);
  const headline: Record<string, number> = {};
  const files = new Map<string, string>();
  for (const [name, text] of Object.entries(benchScripts(SCALE))) {
    const file = join(dir, `${name}.sql`);
    files.set(name, file);
    await writeFile(file, text);
    const results = await race(endpoint, name, file, text);
    printRace(`${name}: ${CLIENTS} clients, medians of ${ROUNDS} slices`, results);
    const [one, two] = [ratios(results, ONE, J1), ratios(results, TWO, J2)];
    headline[`ratio${name}`] = rounded(median([...one, ...two]));
    headline[`ratio${name}OneProcess`] = rounded(median(one));
    headline[`ratio${name}TwoProcesses`] = rounded(median(two));
  }
  const { ratioSimpleUpdate = NaN, ratioSelectOnly = NaN, ...others } = headline;
  printHeadline({
    ratioSimpleUpdate,
    ratioSelectOnly,
    ...others,
    ...(await keepSchedules(endpoint, dir, files.get('SelectOnly') ?? '')),
  });
}

/** Both on each schedule, one after the other; selects by key, so that the server has time left. */
async function keepSchedules(
  endpoint: PgEndpoint,
  dir: string,
  file: string,
): Promise<Record<string, number>> {
  const script = benchScript('read', benchScripts(SCALE).SelectOnly);
  const rows: (string | number)[][] = [];
  const figures: Record<string, number> = {};
  for (const schedule of SCHEDULES) {
    const driver = await driverKeeps(endpoint, dir, script, schedule);
    const pgbench = await pgbenchKeeps(endpoint, dir, file, schedule);
    const { ratePerSec, connections } = schedule;
    rows.push(keptRow('driver', schedule, driver), keptRow('pgbench -R', schedule, pgbench));
    const name = `at${ratePerSec}x${connections}`;
    figures[`${name}Tps`] = rounded(driver.tps / pgbench.tps);
    figures[`${name}LateP99Ms`] = rounded(percentileOf(driver.lateMs, 99));
    figures[`${name}OwnLagP99Ms`] = rounded(percentileOf(driver.lagMs, 99));
    figures[`${name}PgbenchLateP99Ms`] = rounded(percentileOf(pgbench.lateMs, 99));
  }
  printTable(
    'keeping to a schedule: from due to sent, ms; own lag = of that, while a connection was free',
    ['requests/s', 'connections', '', 'sent/s', 'median', 'p99', 'max', 'own lag p99'],
    rows,
  );
  return figures;
}

function keptRow(name: string, { ratePerSec, connections }: Schedule, kept: Kept): (string | number)[] {
  const late = [50, 99, 100].map((percent) => percentileOf(kept.lateMs, percent).toFixed(3));
  return [
    ratePerSec,
    connections,
    name,
    Math.round(kept.tps),
    ...late,
    percentileOf(kept.lagMs, 99).toFixed(3),
  ];
}

printLine(machineLine());
const dir = await mkdtemp(join(tmpdir(), 'bench-load-'));
try {
  await withBenchServer(({ endpoint }) => bench(endpoint, dir), [{ name: 'max_connections', value: '450' }]);
} finally {
  await rm(dir, { recursive: true, force: true });
}
