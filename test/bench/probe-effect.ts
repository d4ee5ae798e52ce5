import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFolder } from '../../scripts/artifacts/run-folder.ts';
import { WAIT_TIERS } from '../../scripts/artifacts/records/wait-records.ts';
import type { PgSetting } from '../../scripts/plan/model.ts';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';
import { benchScript, LoadDriver } from './load-driver.ts';
import { benchScripts } from './load-scripts.ts';
import { noProbes, probesOf, tierTaken, type Open, type Probes } from './probe-arms.ts';
import { median, rounded, standardError } from './support/figures.ts';
import { machineLine } from './support/machine.ts';
import { pgbenchInit } from './support/pgbench.ts';
import { printHeadline, printLine, printTable } from './support/print.ts';
import { withBenchServer } from './support/server.ts';

/*
 * What looking costs a server that is already saturated: pgbench's simple update in a closed loop, a quarter of a second with
 * the probes of a tier at work as they are while a part of the plan is in flight, a quarter without, in turns. Beside it the same
 * with nothing at all, which says how far such a comparison can be trusted; and the processor time of the probes themselves.
 */

const SCALE = 20;
const CLIENTS = 16;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 8);
const PAIRS = 12;
const SLICE_MS = 250;
const NOTHING = 'nothing';

/** Commits do not wait for the disk, so that it is the processors that are short, and nothing else runs now and then. */
const SETTINGS: readonly PgSetting[] = [
  { name: 'synchronous_commit', value: 'off' },
  { name: 'autovacuum', value: 'off' },
];

interface Effect {
  /** By pair: how much less was done while looking, as a part of what was done without. */
  readonly losses: number[];
  /** By round: processor time of the probes while looking, as a part of the machine's. */
  readonly cpuShares: number[];
}

/** One round of pairs. Each slice's neighbours are on the other side of the comparison. */
async function round(driver: LoadDriver, open: Open, { losses, cpuShares }: Effect): Promise<void> {
  const probes = await open();
  const spent = { cpuMs: 0, ms: 0 };
  try {
    for (let pair = 0; pair < PAIRS; pair++) {
      const isOnFirst = pair % 2 === 0;
      const first = await slice(driver, isOnFirst ? probes : undefined, spent);
      const second = await slice(driver, isOnFirst ? undefined : probes, spent);
      losses.push(1 - (isOnFirst ? first / second : second / first));
    }
    cpuShares.push(spent.cpuMs / spent.ms / availableParallelism());
  } finally {
    await probes.close();
  }
}

async function slice(
  driver: LoadDriver,
  probes: Probes | undefined,
  spent: { cpuMs: number; ms: number },
): Promise<number> {
  if (probes === undefined) return (await driver.slice(SLICE_MS)).tps;
  const stop = await probes.look();
  const [cpuMs, atMs] = [await probes.cpuMs(), performance.now()];
  const { tps } = await driver.slice(SLICE_MS);
  spent.cpuMs += (await probes.cpuMs()) - cpuMs;
  spent.ms += performance.now() - atMs;
  await stop();
  return tps;
}

/** What can be had of the tiers here, each in a backfill and beside a statement that goes on. */
async function openings(endpoint: PgEndpoint, folder: RunFolder): Promise<Map<string, Open>> {
  const all = new Map<string, Open>([[NOTHING, noProbes]]);
  for (const tier of WAIT_TIERS) {
    const open = probesOf(tier, false, endpoint, folder);
    await (await open()).close();
    if ((await tierTaken(folder)) === tier) {
      all.set(tier, open).set(`${tier}, a statement`, probesOf(tier, true, endpoint, folder));
    } else printLine(`${tier}: cannot be had here`);
  }
  return all;
}

async function bench(endpoint: PgEndpoint, folder: RunFolder): Promise<void> {
  await pgbenchInit(endpoint, SCALE);
  const { SimpleUpdate: text } = benchScripts(SCALE);
  const all = [...(await openings(endpoint, folder))];
  const effects = new Map<string, Effect>(all.map(([name]) => [name, { losses: [], cpuShares: [] }]));
  const effectOf = (name: string): Effect => effects.get(name) ?? { losses: [], cpuShares: [] };
  const driver = new LoadDriver();
  try {
    await driver.open(endpoint, benchScript('update', text), CLIENTS, 1);
    await driver.slice(2000); // caches, prepared statements
    for (let turn = 0; turn < ROUNDS; turn++) {
      const order = turn % 2 === 0 ? all : all.toReversed();
      for (const [name, open] of order) await round(driver, open, effectOf(name));
    }
  } finally {
    await driver.close();
  }
  const percent = (part: number): string => `${(part * 100).toFixed(2)} %`;
  printTable(
    `loss of throughput while looking: ${CLIENTS} clients, ${ROUNDS * PAIRS} pairs of slices of ${SLICE_MS} ms`,
    ['', 'median', 'standard error', "probes' processor time"],
    [...effects].map(([name, { losses, cpuShares }]) => [
      name,
      percent(median(losses)),
      `± ${percent(standardError(losses))}`,
      name === NOTHING ? '-' : percent(median(cpuShares)),
    ]),
  );
  const best = WAIT_TIERS.find((tier) => effects.has(tier)) ?? 'polling';
  const effect = (name: string): number => rounded(median(effectOf(name).losses), 4);
  printHeadline({
    effect: effect(`${best}, a statement`),
    effectError: rounded(standardError(effectOf(`${best}, a statement`).losses), 4),
    effectCpu: rounded(median(effectOf(`${best}, a statement`).cpuShares), 4),
    effectInBackfill: effect(best),
    nullEffect: effect(NOTHING),
    tier: best,
    pollingEffect: effect('polling, a statement'),
  });
}

printLine(machineLine());
const path = await mkdtemp(join(tmpdir(), 'bench-probes-'));
try {
  const folder = await RunFolder.create(path);
  await withBenchServer(({ endpoint }) => bench(endpoint, folder), SETTINGS);
} finally {
  await rm(path, { recursive: true });
}
