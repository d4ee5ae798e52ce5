import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Env } from '../../infra/pulumi/engine/places.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm and the process group may both pass on one and the same signal. */
const SAME_SIGNAL_MS = 1_000;

/**
 * Runs a program with our own terminal and returns its exit code. The CLI takes a first signal as "stop and clean up" and a
 * second as "leave at once", so each reaches it exactly once: Ctrl-C from the terminal itself, every other from here.
 * `onParentEnd` calls back when what started us is gone.
 */
export async function runInTerminal(
  file: string,
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Env;
    readonly onParentEnd: (gone: () => void) => void;
    readonly isTerminal?: boolean;
  },
): Promise<number> {
  const { cwd, env, onParentEnd, isTerminal = process.stdin.isTTY } = options;
  // Without a terminal it has a process group of its own; with one it would then not be allowed to read from it.
  const detached = !isTerminal && process.platform !== 'win32';
  const child = spawn(file, args, { cwd, env, stdio: 'inherit', detached });
  let lastMs = -Infinity;
  const onSignal = (signal: NodeJS.Signals): void => {
    const isSame = performance.now() - lastMs < SAME_SIGNAL_MS;
    lastMs = performance.now();
    if (isSame || (signal === 'SIGINT' && !detached)) return;
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal); // the CLI does not clean up at SIGHUP
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  onParentEnd(() => {
    // A shell that ended by Ctrl-C says nothing new.
    if (lastMs === -Infinity) onSignal('SIGTERM');
  });
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}
