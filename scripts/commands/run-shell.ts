import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { monotonicMs, sleep } from '../shared/clock.ts';
import type { Enclosure } from './enclosure.ts';
import { LineCutter } from './line-cutter.ts';
import { COMMAND_MARK, signalStrays, straysOf } from './strays.ts';
import { signalGroup, startGroup } from '../shared/process-group.ts';
import { limitAfter } from '../shared/within.ts';

/** How long a command, and what it left running, may take to end after it was asked to. */
const GRACE_MS = 5_000;
/** How long its output may still come after its shell has ended: a daemon holds the pipes for ever. */
const PIPES_MS = 1_000;
/** How long those may take that were killed; one in the kernel's hands cannot be waited for. */
const LAST_MS = 1_000;
const LOOK_AGAIN_MS = 50;

export interface ShellEnd {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly endedBy: NodeJS.Signals | null;
  /** It was ended because its time was over. */
  readonly timedOut: boolean;
  /** The last lines that it wrote to stdout and stderr, long ones cut. May hold rows and secrets: redact before showing. */
  readonly lastLines: readonly string[];
  /** How many processes it had left running; they were ended. */
  readonly strays: number;
}

export interface ShellCommand {
  readonly command: string;
  readonly cwd: string;
  /** Whole: nothing else of this process's own environment is handed on. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Kills it at once when it aborts; what came of it is then resolved, not thrown. */
  readonly kill?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  readonly keptLines: number;
  /** Where it runs; undefined = as a child of this process like any other. */
  readonly enclosure?: Enclosure | undefined;
}

/**
 * Runs an author's command by `sh -c` until its shell ends, its time is over or `signal` aborts. What it started ends with it,
 * found by its mark, so that nothing else is ever ended: a tool that lived on would keep its locks.
 * @throws the signal's reason
 */
export async function runShell(shell: ShellCommand): Promise<ShellEnd> {
  const { command, cwd, env, signal, kill, timeoutMs, keptLines, enclosure } = shell;
  signal.throwIfAborted();
  const mark = randomUUID();
  const program = enclosure?.entered(command, cwd) ?? { file: 'sh', args: ['-c', command] };
  const child = startGroup({ ...program, cwd, env: { ...env, [COMMAND_MARK]: mark } });
  const lastLines: string[] = [];
  const closed = keepLines([child.stdout, child.stderr], keptLines, lastLines);
  const exited = exitOf(child);
  const limit = timeoutMs === undefined ? new AbortController().signal : limitAfter(Math.ceil(timeoutMs));
  const ends = [signal, limit, ...(kill === undefined ? [] : [kill])];
  const inTime = await Promise.race([exited, abortOf(AbortSignal.any(ends))]);
  const isKilled = kill?.aborted === true;
  if (inTime) await Promise.race([closed, sleep(PIPES_MS)]);
  const strays = await endAll(child, mark, isKilled ? 'SIGKILL' : 'SIGTERM');
  await Promise.race([closed, sleep(PIPES_MS)]);
  child.stdout.destroy();
  child.stderr.destroy();
  signal.throwIfAborted();
  return {
    exitCode: child.exitCode,
    endedBy: child.signalCode,
    timedOut: !inTime && !isKilled,
    lastLines,
    strays,
  };
}

/** Resolves with true when the shell has ended. @throws where it could not be started */
async function exitOf(child: ChildProcess): Promise<true> {
  await once(child, 'exit');
  return true;
}

/** Resolves with false as soon as the signal aborts. */
function abortOf(signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    signal.addEventListener(
      'abort',
      () => {
        resolve(false);
      },
      { once: true },
    );
  });
}

/** Resolves when nobody holds the pipes any more. */
async function keepLines(pipes: readonly Readable[], most: number, kept: string[]): Promise<void> {
  const ends = pipes.map((pipe) => {
    const lines = new LineCutter((line) => {
      if (kept.push(line) > most) kept.shift();
    });
    pipe.on('data', (chunk: Buffer) => {
      lines.push(chunk);
    });
    pipe.on('end', () => {
      lines.end();
    });
    return once(pipe, 'close');
  });
  await Promise.all(ends);
}

/** Ends the shell where it still runs, and all that carries the command's mark. Returns how many were left but for the shell. */
async function endAll(child: ChildProcess, mark: string, first: 'SIGTERM' | 'SIGKILL'): Promise<number> {
  const signalAll = async (how: NodeJS.Signals): Promise<number> => {
    if (isRunning(child)) signalGroup(child.pid, how);
    return signalStrays(mark, how);
  };
  const shell = isRunning(child) ? 1 : 0;
  const strays = Math.max(0, (await signalAll(first)) - shell);
  if (strays + shell === 0 || (await within(GRACE_MS, isGone))) return strays;
  await within(LAST_MS, async () => (await signalAll('SIGKILL')) === 0 && !isRunning(child));
  return strays;

  async function isGone(): Promise<boolean> {
    return !isRunning(child) && (await straysOf(mark)).length === 0;
  }
}

/** Looks again and again; false where it was not so in time. */
async function within(ms: number, isSo: () => Promise<boolean>): Promise<boolean> {
  const deadlineMs = monotonicMs() + ms;
  for (;;) {
    if (await isSo()) return true;
    if (monotonicMs() > deadlineMs) return false;
    await sleep(LOOK_AGAIN_MS);
  }
}

/** While it has not been waited for, its pid, and so its group, is nobody else's. */
function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}
