import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseWorkload } from '../../scripts/load/parse-workload.ts';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';
import { benchScripts } from './load-scripts.ts';
import { scheduleLag } from './load-lag.ts';
import type { Slice, ToSlices } from './load-slices.ts';
import { median, percentileOf, rounded, spread } from './support/figures.ts';
import { machineLine } from './support/machine.ts';
import { pgbenchInit, pgbenchRun } from './support/pgbench.ts';
import { printHeadline, printLine, printTable } from './support/print.ts';
import { withBenchServer } from './support/server.ts';

/*
 * The load driver against pgbench: the same scripts, clients, kind of connection and server, both in a closed loop and
 * prepared, in turns within one run. Then how late the driver sends at 2,000 requests a second.
 */

const SCALE = 10;
const CLIENTS = 16;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 7);
const SLICE_SECONDS = 1.5;
const LAG_RATE = 2000;
const LAG_SECONDS = 8;

interface Measured {
  readonly tps: number;
  readonly cpuUs: number;
}

interface Rival {
  readonly name: string;
  readonly run: () => Promise<Measured>;
}

/** One or more of the driver's processes, with the clients shared out among them. */
class Driver {
  readonly #programs: ChildProcess[] = [];

  async open(endpoint: PgEndpoint, name: string, text: string, processes: number): Promise<void> {
    const parsed = parseWorkload({ name, path: `${name}.sql`, text }, `${name}.sql`);
    if ('mistakes' in parsed) throw new Error(JSON.stringify(parsed.mistakes));
    const connections = CLIENTS / processes;
    for (let count = 0; count < processes; count++) {
      const program = fork(fileURLToPath(new URL('./load-slices.ts', import.meta.url)), {
        execArgv: [
          '--import',
          'tsx',
          ...(process.env['BENCH_PROFILE']
            ? ['--cpu-prof', '--cpu-prof-dir', process.env['BENCH_PROFILE']]
            : []),
        ],
        serialization: 'advanced',
      });
      this.#programs.push(program);
      await ask(program, { type: 'open', endpoint, script: parsed.script, connections, pipeline: false });
    }
  }

  async slice(): Promise<Measured> {
    const order = { type: 'slice', ms: SLICE_SECONDS * 1000 } as const;
    const slices = (await Promise.all(this.#programs.map((program) => ask(program, order)))) as Slice[];
    const tps = slices.reduce((sum, slice) => sum + slice.tps, 0);
    const cpuMs = slices.reduce((sum, slice) => sum + ((slice.userMs + slice.systemMs) * 1000) / slice.ms, 0);
    return { tps, cpuUs: (cpuMs * 1000) / tps };
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#programs.map(async (program) => {
        program.send({ type: 'close' });
        await once(program, 'exit');
      }),
    );
  }
}

async function ask(program: ChildProcess, order: ToSlices): Promise<unknown> {
  program.send(order);
  const [answer] = (await Promise.race([
    once(program, 'message'),
    once(program, 'exit').then(() => Promise.reject(new Error('the driver ended'))),
  ])) as [unknown];
  return answer;
}

/** Rounds in which each rival has a slice, every round in another order. */
async function compare(rivals: readonly Rival[]): Promise<Map<string, Measured[]>> {
  const results = new Map<string, Measured[]>(rivals.map(({ name }) => [name, []]));
  for (const { run } of rivals) await run(); // warm
  for (let round = 0; round < ROUNDS; round++) {
    for (let turn = 0; turn < rivals.length; turn++) {
      const rival = rivals[(round + turn) % rivals.length];
      if (rival) results.get(rival.name)?.push(await rival.run());
    }
  }
  return results;
}

/** Medians over the rounds of a rival, and of its tps against the base in the same round. */
function against(
  results: Map<string, Measured[]>,
  name: string,
  base: string,
): { ratio: number; spread: number } {
  const ratios = (results.get(name) ?? []).map(
    ({ tps }, round) => tps / (results.get(base)?.[round]?.tps ?? NaN),
  );
  return { ratio: median(ratios), spread: spread(ratios) };
}

async function mode(endpoint: PgEndpoint, dir: string, name: string, text: string): Promise<number> {
  const file = join(dir, `${name}.sql`);
  await writeFile(file, text);
  const pgbench = (threads: number) => async (): Promise<Measured> => {
    const args = ['-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', String(threads)];
    const { tps, cpuUsPerTransaction } = await pgbenchRun(endpoint, [
      ...args,
      '-T',
      String(Math.ceil(SLICE_SECONDS)),
      '-f',
      file,
    ]);
    return { tps, cpuUs: cpuUsPerTransaction };
  };
  const one = new Driver();
  const two = new Driver();
  try {
    await one.open(endpoint, name, text, 1);
    await two.open(endpoint, name, text, 2);
    const results = await compare([
      { name: 'driver', run: () => one.slice() },
      { name: 'pgbench -j 1', run: pgbench(1) },
      { name: 'driver, 2 processes', run: () => two.slice() },
      { name: 'pgbench -j 2', run: pgbench(2) },
    ]);
    printTable(
      `${name}, ${CLIENTS} clients, ${ROUNDS} rounds (medians)`,
      ['', 'tps', 'CPU µs/tx', 'of -j 1', '±', 'of -j 2', '±'],
      [...results].map(([rival, measured]) => {
        const [first, second] = [
          against(results, rival, 'pgbench -j 1'),
          against(results, rival, 'pgbench -j 2'),
        ];
        return [
          rival,
          Math.round(median(measured.map(({ tps }) => tps))),
          rounded(median(measured.map(({ cpuUs }) => cpuUs)), 1),
          rounded(first.ratio),
          rounded(first.spread),
          rounded(second.ratio),
          rounded(second.spread),
        ];
      }),
    );
    return Math.min(
      against(results, 'driver', 'pgbench -j 1').ratio,
      against(results, 'driver', 'pgbench -j 2').ratio,
    );
  } finally {
    await Promise.all([one.close(), two.close()]);
  }
}

printLine(machineLine());
const dir = await mkdtemp(join(tmpdir(), 'bench-load-'));
try {
  await withBenchServer(async ({ endpoint }) => {
    await pgbenchInit(endpoint, SCALE);
    const scripts = benchScripts(SCALE);
    const ratioSimpleUpdate = await mode(endpoint, dir, 'simpleUpdate', scripts.simpleUpdate);
    const ratioSelectOnly = await mode(endpoint, dir, 'selectOnly', scripts.selectOnly);
    const lags = await scheduleLag(endpoint, dir, scripts.selectOnly, LAG_RATE, LAG_SECONDS);
    printLine(
      `\nschedule lag at ${LAG_RATE}/s: median ${percentileOf(lags, 50).toFixed(3)} ms, p99 ${percentileOf(lags, 99).toFixed(3)} ms, of ${lags.length} requests`,
    );
    printHeadline({
      ratioSimpleUpdate: rounded(ratioSimpleUpdate),
      ratioSelectOnly: rounded(ratioSelectOnly),
      scheduleLagMedianMs: rounded(percentileOf(lags, 50)),
      scheduleLagP99Ms: rounded(percentileOf(lags, 99)),
    });
  });
} finally {
  await rm(dir, { recursive: true, force: true });
}
