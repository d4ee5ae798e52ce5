import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Env } from '../../infra/pulumi/engine/places.ts';
import { signalGroup } from '../shared/process-group.ts';

/** How long a tool may take to end after it was asked to. */
const GRACE_MS = 5_000;
const KEPT_LINES = 30;

export interface ToolEnd {
  readonly ok: boolean;
  readonly timedOut: boolean;
  readonly stdout: string;
  /** The last lines of stderr; how it ended where it said nothing. */
  readonly complaint: string;
}

/**
 * Runs a program to its end in a process group of its own, so that Ctrl-C reaches it through us only and what it started
 * ends with it. A program that cannot be started is `ok: false`.
 * @throws the signal's reason
 */
export async function runTool(
  file: string,
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Env;
    readonly signal: AbortSignal;
    readonly timeoutMs: number;
    readonly onComplaint?: (line: string) => void;
  },
): Promise<ToolEnd> {
  const { cwd, env, signal, timeoutMs, onComplaint } = options;
  signal.throwIfAborted();
  const limit = AbortSignal.timeout(timeoutMs);
  const stop = AbortSignal.any([signal, limit]);
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (lines.push(line) > KEPT_LINES) lines.shift();
    onComplaint?.(line);
  });
  let killer: NodeJS.Timeout | undefined;
  const end = (): void => {
    signalGroup(child.pid, 'SIGTERM');
    killer = setTimeout(signalGroup, GRACE_MS, child.pid, 'SIGKILL');
  };
  stop.addEventListener('abort', end, { once: true });
  try {
    const [code, endedBy] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    signal.throwIfAborted();
    if (limit.aborted) lines.push(`it took longer than ${timeoutMs / 1000} s`);
    const how = endedBy === null ? `exit code ${String(code)}` : endedBy;
    const complaint = lines.length === 0 ? `it ended with ${how}` : lines.join('\n');
    return { ok: code === 0, timedOut: limit.aborted, stdout, complaint };
  } catch (error) {
    signal.throwIfAborted();
    return { ok: false, timedOut: false, stdout: '', complaint: (error as Error).message };
  } finally {
    stop.removeEventListener('abort', end);
    clearTimeout(killer);
  }
}
