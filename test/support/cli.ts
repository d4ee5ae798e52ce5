import type { EventEmitter } from 'node:events';
import { main, type Io } from '../../scripts/cli/main.ts';

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line in this process, with everything that it printed. */
export async function runCli(
  argv: readonly string[],
  options: { cwd: string; env?: Io['env']; signals?: EventEmitter },
): Promise<CliRun> {
  let stdout = '';
  let stderr = '';
  const code = await main(argv, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    cwd: options.cwd,
    env: { REHEARSE_TARGET: 'embedded', ...options.env },
    isTTY: false,
    columns: 100,
    ...(options.signals ? { signals: options.signals } : {}),
  });
  return { code, stdout, stderr };
}
