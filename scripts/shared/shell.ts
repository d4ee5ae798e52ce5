import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { withoutForeign } from './descriptors.ts';

/** How long a command may take to end after it was asked to. */
const GRACE_MS = 5_000;

export interface ShellEnd {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly endedBy: NodeJS.Signals | null;
  /** It was ended because its time was over. */
  readonly timedOut: boolean;
  /** The last lines that it wrote to stdout and stderr. May hold rows and secrets: redact before showing. */
  readonly lastLines: readonly string[];
}

/**
 * Runs an author's command by `sh -c` to its end, in a process group of its own: what the shell started ends with it, when
 * `signal` aborts or the time is over. A tool that lived on would keep its locks.
 * @throws the signal's reason
 */
export async function runShell(
  command: string,
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
    readonly timeoutMs?: number;
    readonly keptLines: number;
  },
): Promise<ShellEnd> {
  const { cwd, env, signal, timeoutMs, keptLines } = options;
  signal.throwIfAborted();
  const limit = timeoutMs === undefined ? new AbortController().signal : AbortSignal.timeout(timeoutMs);
  const stop = AbortSignal.any([signal, limit]);
  const child = spawn('sh', ['-c', command], {
    cwd,
    env: { ...process.env, ...env },
    stdio: withoutForeign('ignore', 'pipe', 'pipe'),
    detached: true,
  });
  const lastLines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      if (lastLines.push(line) > keptLines) lastLines.shift();
    });
  }
  let killer: NodeJS.Timeout | undefined;
  const end = (): void => {
    endGroup(child.pid, 'SIGTERM');
    killer = setTimeout(endGroup, GRACE_MS, child.pid, 'SIGKILL');
  };
  stop.addEventListener('abort', end, { once: true });
  try {
    const [exitCode, endedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    signal.throwIfAborted();
    return { exitCode, endedBy, timedOut: limit.aborted, lastLines };
  } finally {
    stop.removeEventListener('abort', end);
    clearTimeout(killer);
  }
}

function endGroup(pid: number | undefined, how: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, how);
  } catch {
    return; // it has ended already
  }
}
