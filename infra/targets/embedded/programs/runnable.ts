import { chmod, cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RehearsalError } from '../../../../scripts/shared/errors.ts';
import type { Binaries } from '../../../postgres/binaries.ts';
import { makeLibraryLinks } from '../../../postgres/library-links.ts';
import type { Cell } from '../cell/cell.ts';
import { runProgram } from '../../../postgres/run-program.ts';
import type { RunDir } from '../run-dir.ts';

/**
 * The folder from which the server's user can start the programs. Those from npm are copied into the run's folder where
 * that user cannot reach them (a checkout below /root) or the links between their libraries cannot be made.
 * @throws POSTGRES_NOT_FOUND
 */
export async function runnableBinDir(
  binaries: Binaries,
  dir: RunDir,
  cell: Cell,
  signal: AbortSignal,
): Promise<string> {
  const { binDir, origin } = binaries;
  const nativeDir = join(binDir, '..');
  const linked = origin === 'npm' ? await makeLibraryLinks(nativeDir) : true;
  const there = await tryRun(binDir, dir, cell, signal);
  if (linked && there.ok) return binDir;
  if (origin !== 'npm') throw cannotRun(binDir, cell, there.output);
  await copyFor(nativeDir, dir.native, signal);
  await makeLibraryLinks(dir.native);
  const copied = join(dir.native, 'bin');
  const here = await tryRun(copied, dir, cell, signal);
  if (!here.ok) throw cannotRun(binDir, cell, here.output);
  return copied;
}

async function tryRun(
  binDir: string,
  dir: RunDir,
  cell: Cell,
  signal: AbortSignal,
): Promise<{ ok: boolean; output: string }> {
  return runProgram(join(binDir, 'postgres'), ['--version'], {
    cell,
    cwd: dir.path,
    timeoutMs: 10_000,
    signal,
  });
}

/** Readable for everybody, whatever the original's modes are. */
async function copyFor(from: string, to: string, signal: AbortSignal): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(to, { recursive: true, withFileTypes: true })) {
    signal.throwIfAborted();
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory() || entry.parentPath.endsWith('/bin')) await chmod(path, 0o755);
    else if (entry.isFile()) await chmod(path, 0o644);
  }
}

function cannotRun(binDir: string, { user }: Cell, output: string): RehearsalError {
  const who = user ? `the user ${user.name}` : 'this user';
  const said = output.trim().split('\n').at(-1) ?? '';
  return new RehearsalError('POSTGRES_NOT_FOUND', `${who} cannot run ${join(binDir, 'postgres')}: ${said}`, {
    hint: user
      ? `PostgreSQL refuses to run as root and so runs as ${user.name}: give that user access, or run as another user`
      : 'check the folder’s permissions and that the programs are made for this machine',
  });
}
