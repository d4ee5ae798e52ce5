import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../../infra/targets/embedded/free-port.ts';
import type { Programs } from '../../../infra/targets/embedded/programs/prepare-programs.ts';
import { runProgram } from '../../../infra/postgres/run-program.ts';
import { runDirOf } from '../../../infra/targets/embedded/run-dir.ts';
import { ServerProcess } from '../../../infra/targets/embedded/server/server-process.ts';
import { openCell } from '../../../infra/targets/embedded/cell/cell.ts';
import { giveTo } from '../../../infra/targets/embedded/cell/server-user.ts';
import type { PgEndpoint } from '../../../scripts/pg/endpoint.ts';

const BACKUP_TIMEOUT_MS = 60_000;

export interface TestStandby {
  readonly endpoint: PgEndpoint;
  /** Ends its server; its data stays. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes everything of it. */
  remove(): Promise<void>;
}

/** A streaming standby of a primary on this machine, made by pg_basebackup of the same PostgreSQL. It answers already. */
export async function startTestStandby(primary: PgEndpoint, binDir: string): Promise<TestStandby> {
  const path = await mkdtemp(join(tmpdir(), 'rehearse-standby-'));
  const cell = await openCell('for a test');
  const dir = { ...runDirOf('standby'), path, data: join(path, 'data'), log: join(path, 'postgres.log') };
  const programs: Programs = { binDir, dir, cell };
  const { host, user, password } = primary;
  const endpoint = { host, user, password, port: await findFreePort(), database: 'postgres' };
  const signal = new AbortController().signal;
  let server: ServerProcess | undefined;
  const stop = async (): Promise<void> => {
    await server?.stop();
    server = undefined;
  };
  const start = async (): Promise<void> => {
    server = await ServerProcess.spawn(programs);
    const end = await server.ready(endpoint, signal);
    if (end) throw new Error(`the standby ended: ${end.log}`);
  };
  const remove = async (): Promise<void> => {
    await stop();
    await rm(path, { recursive: true, force: true });
  };
  try {
    await chmod(path, 0o711);
    await giveTo(cell.user, path);
    await copyPrimary(programs, primary);
    await writeFile(join(dir.data, 'postgresql.auto.conf'), ownSettings(endpoint.port), { flag: 'a' });
    await start();
  } catch (error) {
    await remove();
    throw error;
  }
  return { endpoint, stop, start, remove };
}

async function copyPrimary({ binDir, dir, cell }: Programs, primary: PgEndpoint): Promise<void> {
  const { host, port, user: role, password } = primary;
  const passfile = join(dir.path, '.pgpass');
  await writeFile(passfile, `${host}:${port}:*:${role}:${password}\n`, { mode: 0o600 });
  await giveTo(cell.user, passfile);
  const args = [
    '-h',
    host,
    '-p',
    String(port),
    '-U',
    role,
    '-D',
    dir.data,
    '-X',
    'stream',
    '-c',
    'fast',
    '-R',
  ];
  const made = await runProgram(join(binDir, 'pg_basebackup'), args, {
    cell,
    cwd: dir.path,
    timeoutMs: BACKUP_TIMEOUT_MS,
  });
  if (!made.ok) throw new Error(`pg_basebackup: ${made.output}`);
}

/** Read after all other files; a standby takes no fewer connections than its primary, and tests want it back soon. */
function ownSettings(port: number): string {
  return `port = ${port}\nmax_connections = 500\nunix_socket_directories = ''\nwal_retrieve_retry_interval = '200ms'\n`;
}
