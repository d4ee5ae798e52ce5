import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { RehearsalError } from '../../../../scripts/shared/errors.ts';
import type { Binaries } from '../../../postgres/binaries.ts';
import type { Cell } from '../cell/cell.ts';
import { runProgram } from '../../../postgres/run-program.ts';
import type { RunDir } from '../run-dir.ts';
import { runnableBinDir } from './runnable.ts';

/**
 * The programs as they can be started for this run, by a user who can reach the run's folder.
 * @throws POSTGRES_NOT_FOUND, TARGET_UNAVAILABLE
 */
export async function preparePrograms(
  binaries: Binaries,
  dir: RunDir,
  cell: Cell,
  signal: AbortSignal,
): Promise<Programs> {
  const { user, isClosed } = cell;
  if (user && !isClosed) {
    // Others may pass through, but not look around.
    await chmod(dir.path, 0o711);
    const reach = await runProgram('test', ['-x', dir.path], { cell, cwd: '/', timeoutMs: 10_000, signal });
    if (!reach.ok) {
      throw new RehearsalError(
        'TARGET_UNAVAILABLE',
        `the user ${user.name}, under which PostgreSQL runs for root, cannot enter ${tmpdir()}`,
        { hint: 'point TMPDIR to a folder that every user may enter, such as /tmp' },
      );
    }
  }
  return { binDir: await runnableBinDir(binaries, dir, cell, signal), dir, cell };
}

export interface Programs {
  readonly binDir: string;
  readonly dir: RunDir;
  readonly cell: Cell;
}
