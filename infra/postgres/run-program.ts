import { asError, namedLack } from '../../scripts/shared/errors.ts';
import { runGroup, type Ending, type GroupLeader } from '../../scripts/shared/process-group.ts';
import { limitAfter } from '../../scripts/shared/within.ts';

const ENDINGS: readonly Ending[] = [
  { signal: 'SIGTERM', to: 'group', graceMs: 2_000 },
  { signal: 'SIGKILL', to: 'group' },
];

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
  const limit = limitAfter(timeoutMs);
  const stop = signal ? AbortSignal.any([signal, limit]) : limit;
  const start = {
    ...user,
    file: program,
    args: all,
    cwd,
    env: serverEnvironment(cwd),
    ...(input === undefined ? {} : { input }),
  };
  let output = '';
  const onStart = (child: GroupLeader): void => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  };
  try {
    const { code, endedBy } = await runGroup(start, { stop, endings: ENDINGS, onStart });
    signal?.throwIfAborted();
    const how = limit.aborted
      ? `longer than ${timeoutMs / 1000} s`
      : (endedBy ?? `exit code ${String(code)}`);
    const isOk = code === 0 && !limit.aborted;
    return { ok: isOk, output: output === '' && !isOk ? `${file}: ${how}` : output };
  } catch (error) {
    signal?.throwIfAborted();
    const lack = namedLack(error);
    if (lack !== error) throw asError(lack);
    return { ok: false, output: asError(error).message };
  }
}
