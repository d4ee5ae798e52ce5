import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedTarget } from '../../infra/targets/embedded/embedded-target.ts';
import { newRunId } from '../../scripts/artifacts/run-id.ts';
import { fillDatabase, keepBase } from '../../scripts/engine/fill-database.ts';
import { withConnection } from '../../scripts/pg/client.ts';
import { monotonicMs } from '../../scripts/shared/clock.ts';
import { baseContent } from '../../scripts/snapshot/base/base-content.ts';
import { printHeadline, printTable } from './support/print.ts';

/*
 * How soon a run can speak to its database: the first has to restore it, each later one begins on a copy of the base that the first kept.
 * Both from the moment that the environment is asked for to the answer of a first statement. REHEARSE_BENCH_MB says how large the table is;
 * REHEARSE_BENCH_DIR where bases are kept, such as a folder on XFS.
 */

const MEGABYTES = Number(process.env['REHEARSE_BENCH_MB'] ?? 64);
const ROUNDS = 5;
const LIMIT_MS = 30 * 60_000;
/** Of the table below, with its key and its index. */
const ROWS_PER_MEGABYTE = 5_500;

const rows = Math.round(MEGABYTES * ROWS_PER_MEGABYTE);
const SQL = `create table public.orders (id int primary key, customer int, note text);
insert into public.orders select n, n % 1000, md5(n::text) || md5((n + 1)::text) from generate_series(1, ${rows}) n;
create index on public.orders (customer);`;

interface Round {
  readonly ms: number;
  readonly isOfBase: boolean;
  readonly bytes: number;
}

async function begin(path: string): Promise<Round> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const snapshot = { kind: 'file', path } as const;
  const own = embeddedTarget.environment({
    content: (stop) => baseContent(snapshot, stop),
    runId: newRunId('bench'),
    postgres: { settings: [], standby: false },
    hosts: {},
    expiresAt: new Date(Date.now() + LIMIT_MS).toISOString(),
  });
  try {
    const startedMs = monotonicMs();
    const environment = await own.up(signal);
    const rehearsal = { snapshot, dir: tmpdir(), environment: {} };
    const filling = { rehearsal, environment, jobs: 2, leastMs: 0, signal, onEvent: () => undefined };
    const filled = await fillDatabase(filling);
    await environment.switchTo(filled.isToKeep ? 'restore' : 'rehearse', signal);
    await withConnection(environment.primary, 'setup', (client) =>
      client.query('select from public.orders where id = 1'),
    );
    const ms = monotonicMs() - startedMs;
    await keepBase(filling, filled);
    const { bytes, base } = filled.snapshot;
    return { ms, isOfBase: base !== undefined, bytes };
  } finally {
    await own.destroy();
  }
}

const folder = await mkdtemp(join(process.env['REHEARSE_BENCH_DIR'] ?? tmpdir(), 'bench-clone-'));
process.env['REHEARSE_BASES'] = join(folder, 'bases');
try {
  const path = join(folder, 'orders.sql');
  await writeFile(path, SQL);
  const restored = await begin(path);
  const cloned: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) cloned.push(await begin(path));
  if (restored.isOfBase || cloned.some(({ isOfBase }) => !isOfBase))
    throw new Error('the first has to restore, and each other to begin on its base');
  const sorted = cloned.map(({ ms }) => Math.round(ms)).sort((a, b) => a - b);
  const median = sorted[ROUNDS >> 1] ?? 0;
  printTable(
    `${Math.round(restored.bytes / 1e6)} MB, until the first statement is answered`,
    ['', 'median ms', 'least', 'most'],
    [
      ['restored', ...Array<number>(3).fill(Math.round(restored.ms))],
      ['from its base', median, sorted[0] ?? 0, sorted.at(-1) ?? 0],
    ],
  );
  printHeadline({
    sizeBytes: restored.bytes,
    restoredMs: Math.round(restored.ms),
    fromBaseMs: median,
    timesFaster: Math.round((restored.ms / median) * 10) / 10,
    goalMs: 1000,
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
