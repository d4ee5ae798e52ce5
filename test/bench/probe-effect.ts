import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFolder } from '../../scripts/artifacts/run-folder.ts';
import { WAIT_TIERS, type WaitTier } from '../../scripts/artifacts/wait-records.ts';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';
import { waitSources } from '../../scripts/probes/wait-sources.ts';
import { Cleanup } from '../../scripts/shared/cleanup.ts';
import { openStepContext } from '../support/step-context.ts';
import { benchScript, LoadDriver } from './load-driver.ts';
import { benchScripts } from './load-scripts.ts';
import { median, rounded, spread } from './support/figures.ts';
import { machineLine } from './support/machine.ts';
import { pgbenchInit } from './support/pgbench.ts';
import { printHeadline, printLine, printTable } from './support/print.ts';
import { withBenchServer } from './support/server.ts';

/*
 * What looking costs a server that is already saturated: pgbench's simple update in a closed loop, half a second with the probes
 * of a tier at work as they are while a statement of the plan is in flight, half a second without, in turns. Beside it the same
 * with nothing at all, which says how far such a comparison can be trusted.
 */

const SCALE = 20;
const CLIENTS = 16;
const PAIRS = Number(process.env['BENCH_PAIRS'] ?? 40);
const SLICE_MS = 500;

/** Looks until it is told to stop. */
type Look = () => Promise<() => Promise<void>>;

const nothing: Look = () => Promise.resolve(() => Promise.resolve());

/** The probes of a step; undefined where this machine does not have the tier. */
async function probesOf(tier: WaitTier, endpoint: PgEndpoint, folder: RunFolder): Promise<Look | undefined> {
  const look: Look = async () => {
    const cleanup = new Cleanup();
    const sources = waitSources({ REHEARSE_WAITS: tier });
    const { watch } = await openStepContext(endpoint, folder, cleanup, undefined, sources);
    let end: () => void = () => undefined;
    let watching = Promise.resolve();
    await new Promise<void>((begun) => {
      const work = (): Promise<void> =>
        new Promise((resolve) => {
          end = resolve;
          begun();
        });
      watching = watch.during({ step: 'bench', heldBy: null }, work);
    });
    return async () => {
      end();
      await watching;
      const [failure] = await cleanup.run();
      if (failure) throw failure.error;
    };
  };
  await (
    await look()
  )();
  const tiers = (await folder.read('exact-waits')) ?? [];
  const isThere = tiers.some((record) => record.type === 'tier' && record.tier === tier);
  return isThere ? look : undefined;
}

/** By pair: how much less was done while looking, as a part of what was done without. */
async function losses(driver: LoadDriver, look: Look): Promise<number[]> {
  const slice = async (isOn: boolean): Promise<number> => {
    const stop = await (isOn ? look() : nothing());
    const { tps } = await driver.slice(SLICE_MS);
    await stop();
    return tps;
  };
  const all: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const first = await slice(pair % 2 === 0);
    const second = await slice(pair % 2 === 1);
    const [on, off] = pair % 2 === 0 ? [first, second] : [second, first];
    all.push(1 - on / off);
  }
  return all;
}

async function bench(endpoint: PgEndpoint, folder: RunFolder): Promise<void> {
  await pgbenchInit(endpoint, SCALE);
  const { SimpleUpdate: text } = benchScripts(SCALE);
  const driver = new LoadDriver();
  const results = new Map<string, number[]>();
  try {
    await driver.open(endpoint, benchScript('update', text), CLIENTS, 1);
    await driver.slice(2000); // caches, prepared statements
    results.set('nothing', await losses(driver, nothing));
    for (const tier of WAIT_TIERS) {
      const look = await probesOf(tier, endpoint, folder);
      if (look) results.set(tier, await losses(driver, look));
      else printLine(`${tier}: cannot be had here`);
    }
  } finally {
    await driver.close();
  }
  printTable(
    `loss of throughput while looking: ${CLIENTS} clients, ${PAIRS} pairs of slices of ${SLICE_MS} ms`,
    ['', 'median', 'middle half'],
    [...results].map(([name, all]) => [
      ...[name, `${(median(all) * 100).toFixed(2)} %`, `± ${(spread(all) * 100).toFixed(2)} %`],
    ]),
  );
  const best = WAIT_TIERS.find((tier) => results.has(tier)) ?? 'polling';
  printHeadline({
    effect: rounded(median(results.get(best) ?? []), 4),
    nullEffect: rounded(median(results.get('nothing') ?? []), 4),
    tier: best,
    pollingEffect: rounded(median(results.get('polling') ?? []), 4),
  });
}

printLine(machineLine());
const path = await mkdtemp(join(tmpdir(), 'bench-probes-'));
try {
  const folder = await RunFolder.create(path);
  await withBenchServer(({ endpoint }) => bench(endpoint, folder));
} finally {
  await rm(path, { recursive: true });
}
