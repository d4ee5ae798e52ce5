import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';
import { SYSTEM_POSTGRES } from '../../support/database/system-postgres.ts';

const DEBIAN = join(SYSTEM_POSTGRES.binDir, 'pgbench');
/** Debian's package keeps it where PATH does not lead. */
const PGBENCH = existsSync(DEBIAN) ? DEBIAN : 'pgbench';

/** Accounts per unit of pgbench's scale. */
export const ACCOUNTS = 100_000;

interface PgbenchRun {
  readonly tps: number;
  /** Processor time of pgbench itself, user and system, for one transaction. */
  readonly cpuUsPerTransaction: number;
  readonly transactions: number;
  readonly output: string;
}

/** Makes pgbench's tables: 16 MB for each unit of scale. */
export async function pgbenchInit(endpoint: PgEndpoint, scale: number): Promise<void> {
  await pgbench(endpoint, ['-i', '-q', '-s', String(scale)]);
}

/** One run of pgbench, such as `-n -M prepared -c 16 -T 2 -f script.sql`; its figures without the time to connect. */
export async function pgbenchRun(endpoint: PgEndpoint, args: readonly string[]): Promise<PgbenchRun> {
  const { stdout, cpuSeconds } = await pgbench(endpoint, args);
  const number = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1]);
  const transactions = number(/number of transactions actually processed: (\d+)/);
  return {
    transactions,
    tps: number(/tps = ([\d.]+) \(without initial connection time\)/),
    cpuUsPerTransaction: (cpuSeconds * 1e6) / transactions,
    output: stdout,
  };
}

async function pgbench(
  { host, port, user, password, database }: PgEndpoint,
  args: readonly string[],
): Promise<{ stdout: string; cpuSeconds: number }> {
  const connection = ['-h', host, '-p', String(port), '-U', user, database];
  // bash's own `time` is the only one that is there on every system.
  const timed = ['-c', 'TIMEFORMAT="cpu %3U %3S"; time "$0" "$@"', PGBENCH, ...args, ...connection];
  const { stdout, stderr } = await promisify(execFile)('bash', timed, {
    env: { ...process.env, PGPASSWORD: password, LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
  });
  const [, userSeconds = '', systemSeconds = ''] = /^cpu ([\d.]+) ([\d.]+)$/m.exec(stderr) ?? [];
  return { stdout, cpuSeconds: Number(userSeconds) + Number(systemSeconds) };
}
