import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunFolder } from '../../scripts/artifacts/run-folder.ts';
import { withConnection } from '../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../scripts/pg/endpoint.ts';
import { sleep } from '../../scripts/shared/clock.ts';
import { RunClock } from '../../scripts/shared/run-clock.ts';
import { METHODS, ONE_UPDATE, STEP_NAME, TABLE } from './batch-methods.ts';
import { benchScript } from './load-driver.ts';
import { latenciesWithin, underAppLoad } from './support/app-load.ts';
import { median, percentileOf, rounded, spread } from './support/figures.ts';
import { machineLine } from './support/machine.ts';
import { printHeadline, printLine, printTable } from './support/print.ts';
import { withBenchServer } from './support/server.ts';

/*
 * The backfill step against one UPDATE and a plain loop, each on a fresh copy of the same table under the same
 * open-loop traffic on that table, in turns. Connections and probes are open before, as they are in a rehearsal.
 */

const ROWS = Number(process.env['BENCH_ROWS'] ?? 3_000_000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const RATE = 500;
const CONNECTIONS = 16;
const SETTLING_MS = 700;

/** Rows of 120 bytes, one key after the other, without room for HOT. */
const SOURCE = `create table source as
  select i as id, i % 7 as state, repeat(md5(i::text), 2) as note, null::text as label from generate_series(1, ${ROWS}) i`;

const SCRIPTS = [
  benchScript('read', `\\set id random(1, ${ROWS})\nselect note from ${TABLE} where id = :id;\n`),
  benchScript('write', `\\set id random(1, ${ROWS})\nupdate ${TABLE} set note = note where id = :id;\n`),
];

interface Filled {
  readonly rowsPerSec: number;
  readonly latenciesMs: readonly number[];
}

/** What one method does on a table that nobody has touched yet; `null` = nothing, for as long as a method would take. */
async function fill(endpoint: PgEndpoint, name: string | null, idleMs: number): Promise<Filled> {
  await withConnection(endpoint, 'setup', async (client) => {
    await client.query(`drop table if exists ${TABLE}`);
    await client.query(`create table ${TABLE} with (autovacuum_enabled = off) as table source`);
    await client.query(`alter table ${TABLE} add primary key (id)`);
    await client.query(`vacuum analyze ${TABLE}`);
    await client.query('checkpoint');
  });
  const folder = await RunFolder.create(await mkdtemp(join(tmpdir(), 'bench-batch-')));
  try {
    const clock = new RunClock();
    const window = { fromMs: 0, toMs: 0 };
    const load = { ratePerSec: RATE, connections: CONNECTIONS, scripts: SCRIPTS };
    const requests = await underAppLoad(endpoint, load, clock, folder.streamPath('requests'), async () => {
      const method = name === null ? undefined : await METHODS[name]?.(endpoint, folder);
      try {
        await sleep(SETTLING_MS);
        window.fromMs = clock.now();
        await (method?.run() ?? sleep(idleMs));
        window.toMs = clock.now();
      } finally {
        await method?.close();
      }
    });
    if (name !== null) await requireFilled(endpoint);
    return {
      rowsPerSec: name === null ? NaN : (ROWS / (window.toMs - window.fromMs)) * 1000,
      latenciesMs: latenciesWithin(requests, window),
    };
  } finally {
    await rm(folder.path, { recursive: true });
  }
}

async function requireFilled(endpoint: PgEndpoint): Promise<void> {
  const { rows } = await withConnection(endpoint, 'setup', (client) =>
    client.query<{ left: string }>(`select count(*) as left from ${TABLE} where label is null`),
  );
  if (rows[0]?.left !== '0') throw new Error(`${rows[0]?.left ?? '?'} rows were left out`);
}

async function bench(endpoint: PgEndpoint): Promise<void> {
  await withConnection(endpoint, 'setup', (client) => client.query(SOURCE));
  const names = Object.keys(METHODS);
  const filled = new Map<string, Filled[]>(names.map((name) => [name, []]));
  const idle: Filled[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length] ?? '';
      filled.get(name)?.push(await fill(endpoint, name, 0));
    }
    const stepMs = (ROWS / (filled.get(STEP_NAME)?.[round]?.rowsPerSec ?? NaN)) * 1000;
    idle.push(await fill(endpoint, null, stepMs));
  }
  const ratios = (name: string): number[] =>
    (filled.get(name) ?? []).map(
      ({ rowsPerSec }, round) => rowsPerSec / (filled.get(ONE_UPDATE)?.[round]?.rowsPerSec ?? NaN),
    );
  // The median of the rounds: a disk that stalls once is not the method's.
  const load = (rounds: readonly Filled[], percent: number): number =>
    median(rounds.map(({ latenciesMs }) => percentileOf(latenciesMs, percent)));
  const row = (name: string, rounds: readonly Filled[], ratio: string): (string | number)[] => [
    name,
    Math.round(median(rounds.map(({ rowsPerSec }) => rowsPerSec)) / 1000),
    ratio,
    ...[50, 99, 99.9, 100].map((percent) => load(rounds, percent).toFixed(1)),
  ];
  printTable(
    `${ROWS.toLocaleString('en')} rows, ${RATE} requests/s on the same table, ${ROUNDS} rounds`,
    ['', 'k rows/s', 'of one UPDATE', 'load p50 ms', 'p99', 'p99.9', 'max'],
    [
      ...names.map((name) => {
        const all = ratios(name);
        return row(name, filled.get(name) ?? [], `${median(all).toFixed(3)} ± ${spread(all).toFixed(3)}`);
      }),
      row('none', idle, '').with(1, '-'),
    ],
  );
  printHeadline({
    ratioToOneUpdate: rounded(median(ratios(STEP_NAME))),
    loadP999Ms: rounded(load(filled.get(STEP_NAME) ?? [], 99.9), 1),
    loadP999IdleMs: rounded(load(idle, 99.9), 1),
    loadP999OneUpdateMs: rounded(load(filled.get(ONE_UPDATE) ?? [], 99.9), 1),
  });
}

printLine(machineLine());
await withBenchServer(({ endpoint }) => bench(endpoint));
