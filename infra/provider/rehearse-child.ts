import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { RehearseCommand } from './rehearse-command.ts';
import { runGroup, type Ending, type GroupLeader } from '../../scripts/shared/process-group.ts';

/** A tear-down that takes longer is left: the second signal makes the command end at once. */
const TEARDOWN: readonly Ending[] = [
  { signal: 'SIGINT', to: 'leader', graceMs: 4 * 60_000 },
  { signal: 'SIGINT', to: 'leader', graceMs: 10_000 },
  { signal: 'SIGKILL', to: 'group' },
];
const NEVER = new AbortController().signal;

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
  const lines: string[] = [];
  let output: Promise<string> | undefined;
  const onStart = (child: GroupLeader): void => {
    output = text(child.stdout);
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line);
      onLine?.(line);
    });
  };
  const { file, args: before, cwd, env } = command;
  const start = { file, args: [...before, ...args], cwd, env };
  const { code } = await runGroup(start, { stop: signal ?? NEVER, endings: TEARDOWN, onStart });
  return { exitCode: code, stdout: (await output) ?? '', lines };
}

/** From its `error …` line on: what the command said about why it ended. */
export function errorText({ exitCode, lines }: RehearseEnd): string {
  const start = lines.findIndex((line) => /^error\b/.test(line));
  if (start === -1) return `rehearse ended with ${exitCode === null ? 'a signal' : `exit code ${exitCode}`}`;
  return lines.slice(start).join('\n');
}
