import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RehearsalError } from '../../../../scripts/shared/errors.ts';
import { makeConfig, makeConfigFolder } from './config-files.ts';
import { runProgram, type ProgramResult } from '../../../postgres/run-program.ts';
import { SUPERUSER } from '../../../postgres/names.ts';
import { isDiskFull } from '../../../postgres/server-log.ts';
import { diskFull } from '../../../postgres/start-error.ts';
import { giveTo } from '../cell/server-user.ts';
import type { Programs } from '../programs/prepare-programs.ts';

const INITDB_TIMEOUT_MS = 120_000;
/** Writing out all of a restored database may take long on a slow disk. */
const SYNC_TIMEOUT_MS = 30 * 60_000;

/**
 * Makes the data folder, with `postgres` as superuser under that password, and the configuration beside it.
 * @throws POSTGRES_START_FAILED, DISK_FULL
 */
export async function initData(programs: Programs, password: string, signal: AbortSignal): Promise<void> {
  let made = await initdb(programs, password, 'C.UTF-8', signal);
  // Systems without that locale (older macOS) have C everywhere.
  if (!made.ok && /invalid locale/.test(made.output)) made = await initdb(programs, password, 'C', signal);
  if (!made.ok) throw initFailed(made.output);
  await makeConfig(programs);
}

/**
 * Writes out what a server without fsync left to the operating system; PostgreSQL's manual asks for it before fsync is
 * turned on again (runtime-config-wal, fsync). It also keeps that writing out of the measurement.
 */
export async function syncData(programs: Programs, signal: AbortSignal): Promise<void> {
  const { binDir, dir, cell } = programs;
  const options = { cell, cwd: dir.path, timeoutMs: SYNC_TIMEOUT_MS, signal };
  const done = await runProgram(join(binDir, 'initdb'), ['--sync-only', '-D', dir.data], options);
  if (!done.ok) throw initFailed(done.output);
}

async function initdb(
  { binDir, dir, cell }: Programs,
  password: string,
  locale: string,
  signal: AbortSignal,
): Promise<ProgramResult> {
  await rm(dir.data, { recursive: true, force: true });
  await mkdir(dir.data, { mode: 0o700 });
  await giveTo(cell.user, dir.data);
  await makeConfigFolder(dir, cell);
  const pwfile = join(dir.config, 'password');
  try {
    await writeFile(pwfile, `${password}\n`, { mode: 0o600 });
    await giveTo(cell.user, pwfile);
    const args = ['-D', dir.data, '-U', SUPERUSER, '-E', 'UTF8', `--locale=${locale}`, `--pwfile=${pwfile}`];
    return await runProgram(join(binDir, 'initdb'), [...args, '--auth=scram-sha-256', '--no-sync'], {
      cell,
      cwd: dir.path,
      signal,
      timeoutMs: INITDB_TIMEOUT_MS,
    });
  } finally {
    await rm(pwfile, { force: true });
  }
}

function initFailed(output: string): RehearsalError {
  if (isDiskFull(output)) return diskFull();
  const lines = output.split('\n').filter((line) => /error:|FATAL:|Permission denied/.test(line));
  const said = (lines[0] ?? output.trim().split('\n').at(-1) ?? '').trim();
  return new RehearsalError('POSTGRES_START_FAILED', `initdb could not make a database: ${said}`, {
    hint: `check the permissions of ${tmpdir()}, or point TMPDIR to another folder`,
  });
}
