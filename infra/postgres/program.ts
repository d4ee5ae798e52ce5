import { execa } from 'execa';
import { monotonicMs, sleep } from '../../scripts/shared/clock.ts';
import { withoutForeign } from '../../scripts/shared/descriptors.ts';
import { asError, namedLack } from '../../scripts/shared/errors.ts';
import { signalGroup } from '../../scripts/shared/process-group.ts';

const GROUP_MS = 2_000;

/** What a program of PostgreSQL is started with: nothing of the caller's PG* variables or language. */
export function serverEnvironment(home: string): Record<string, string> {
  const kept = ['PATH', 'TZ', 'TZDIR', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'];
  const passed = kept.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(passed), HOME: home, LC_ALL: 'C' };
}

/** How to start one program. */
export interface Start {
  readonly file: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/** What a program is started in, see Cell. */
interface Starter {
  start(file: string, args: readonly string[]): Promise<Start>;
}

export interface ProgramResult {
  readonly ok: boolean;
  readonly output: string;
}

/**
 * Runs a short-lived program to its end and gives what it printed. A program that cannot be started is `ok: false` too.
 * It has a process group of its own, so that Ctrl-C in the terminal reaches it through us only.
 * @throws the signal's reason, or a lack of the machine (descriptors, memory) for which it could not be started
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: {
    cell: Starter | undefined;
    cwd: string;
    timeoutMs: number;
    signal?: AbortSignal;
    /** What it reads from stdin; nothing without it. */
    input?: string;
  },
): Promise<ProgramResult> {
  const { cell, cwd, timeoutMs, signal, input } = options;
  signal?.throwIfAborted();
  const { file: program, args: all, ...user } = (await cell?.start(file, args)) ?? { file, args };
  const running = execa(program, all, {
    ...user,
    ...(signal ? { cancelSignal: signal } : {}),
    cwd,
    env: serverEnvironment(cwd),
    extendEnv: false,
    detached: true,
    ...(input === undefined ? {} : { input }),
    stdio: withoutForeign(input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'),
    all: true,
    reject: false,
    timeout: timeoutMs,
    forceKillAfterDelay: 2_000,
  });
  const result = await running;
  if (result.isTerminated) await endGroup(running.pid);
  signal?.throwIfAborted();
  const lack = namedLack(result.cause);
  if (lack !== result.cause) throw asError(lack);
  // Of a program that could not be started there is no output at all, whatever the types say.
  const printed = result.all as string | undefined;
  return { ok: !result.failed, output: (printed === '' ? undefined : printed) ?? result.shortMessage ?? '' };
}

/** What a program that was ended had started itself may live a moment longer. */
async function endGroup(leader: number | undefined): Promise<void> {
  if (leader === undefined) return;
  const deadline = monotonicMs() + GROUP_MS;
  while (monotonicMs() < deadline) {
    if (!signalGroup(leader, 'SIGKILL')) return;
    await sleep(5);
  }
}
