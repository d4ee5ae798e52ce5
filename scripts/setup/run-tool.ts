import { createInterface } from 'node:readline';
import type { Env } from '../../infra/pulumi/engine/places.ts';
import { runGroup, type Ending, type GroupLeader } from '../shared/process-group.ts';
import { limitAfter } from '../shared/within.ts';

const ENDINGS: readonly Ending[] = [
  { signal: 'SIGTERM', to: 'group', graceMs: 5_000 },
  { signal: 'SIGKILL', to: 'group' },
];
const KEPT_LINES = 30;

interface ToolEnd {
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
  const limit = limitAfter(timeoutMs);
  const stop = AbortSignal.any([signal, limit]);
  let stdout = '';
  const lines: string[] = [];
  const onStart = (child: GroupLeader): void => {
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (lines.push(line) > KEPT_LINES) lines.shift();
      onComplaint?.(line);
    });
  };
  try {
    const { code, endedBy } = await runGroup({ file, args, cwd, env }, { stop, endings: ENDINGS, onStart });
    signal.throwIfAborted();
    if (limit.aborted) lines.push(`it took longer than ${timeoutMs / 1000} s`);
    const how = endedBy === null ? `exit code ${String(code)}` : endedBy;
    const complaint = lines.length === 0 ? `it ended with ${how}` : lines.join('\n');
    return { ok: code === 0, timedOut: limit.aborted, stdout, complaint };
  } catch (error) {
    signal.throwIfAborted();
    return { ok: false, timedOut: false, stdout: '', complaint: (error as Error).message };
  }
}
