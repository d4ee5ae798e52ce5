import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { withoutForeign } from '../../scripts/shared/descriptors.ts';
import type { RehearseCommand } from './rehearse-command.ts';
import { signalGroup } from '../../scripts/shared/process-group.ts';

/** A tear-down that takes longer than this is left: the second signal makes the command end at once. */
const TEARDOWN_MS = 4 * 60_000;
const LEAVE_MS = 10_000;

export interface RehearseEnd {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  /** All lines of stderr. */
  readonly lines: readonly string[];
}

/**
 * Runs `rehearse <args>` to its end in a process group of its own, so that Ctrl-C reaches it through us only. When `signal`
 * aborts it is asked to tear down, and this waits until it has.
 */
export async function runRehearse(
  command: RehearseCommand,
  args: readonly string[],
  options: { readonly signal?: AbortSignal; readonly onLine?: (line: string) => void },
): Promise<RehearseEnd> {
  const { signal, onLine } = options;
  signal?.throwIfAborted();
  const child = spawn(command.file, [...command.args, ...args], {
    cwd: command.cwd,
    env: command.env,
    stdio: withoutForeign('ignore', 'pipe', 'pipe'),
    detached: true,
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    onLine?.(line);
  });
  const over = new AbortController();
  const stop = (): void => void tearDown(child.pid, over.signal);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const [stdout, [exitCode]] = await Promise.all([text(child.stdout), ended]);
    return { exitCode, stdout, lines };
  } finally {
    signal?.removeEventListener('abort', stop);
    over.abort();
  }
}

/** SIGINT, and only after a long time the means that leave something behind. */
async function tearDown(pid: number | undefined, over: AbortSignal): Promise<void> {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGINT');
    await sleep(TEARDOWN_MS, undefined, { signal: over });
    process.kill(pid, 'SIGINT');
    await sleep(LEAVE_MS, undefined, { signal: over });
    signalGroup(pid, 'SIGKILL');
  } catch {
    return; // it has ended
  }
}

/** From its `error …` line on: what the command said about why it ended. */
export function errorText({ exitCode, lines }: RehearseEnd): string {
  const start = lines.findIndex((line) => /^error\b/.test(line));
  if (start === -1) return `rehearse ended with ${exitCode === null ? 'a signal' : `exit code ${exitCode}`}`;
  return lines.slice(start).join('\n');
}
