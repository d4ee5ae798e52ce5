import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { monotonicMs, sleep } from './clock.ts';
import { withoutForeign } from './descriptors.ts';

/** How long those may take that were killed; one in the kernel's hands cannot be waited for. */
const LAST_MS = 2_000;
const LOOK_AGAIN_MS = 5;

/** What is started. */
interface GroupStart {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Whole: nothing else of this process's own environment is handed on. */
  readonly env: NodeJS.ProcessEnv;
  /** What it reads from stdin; without it, nothing. */
  readonly input?: string;
  readonly uid?: number;
  readonly gid?: number;
}

export type GroupLeader = ChildProcessByStdio<Writable | null, Readable, Readable>;

/** A signal for a group that is to end, or for its leader alone, which then ends the others in order. */
export interface Ending {
  readonly signal: NodeJS.Signals;
  readonly to: 'leader' | 'group';
  /** The next one follows after so long; without one nothing follows. */
  readonly graceMs?: number;
}

interface GroupEnd {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly endedBy: NodeJS.Signals | null;
}

/** Starts a program that leads a process group of its own, so that Ctrl-C in the terminal reaches it through us only. */
export function startGroup({ file, args, input, ...options }: GroupStart): GroupLeader {
  const apart = { ...options, detached: true };
  if (input === undefined)
    return spawn(file, args, { ...apart, stdio: withoutForeign('ignore', 'pipe', 'pipe') });
  const child = spawn(file, args, { ...apart, stdio: withoutForeign('pipe', 'pipe', 'pipe') });
  child.stdin.on('error', () => undefined).end(input); // it need not read what it is given
  return child;
}

/**
 * Runs a program in a group of its own until it has ended and its output is over. Where `stop` aborts it is ended by `endings`, one
 * after the other; once the whole group was told to end, those of it that are left are killed.
 * @throws what kept it from being started
 */
export async function runGroup(start: GroupStart, { stop, endings, onStart }: GroupRun): Promise<GroupEnd> {
  const child = startGroup(start);
  const over = new AbortController();
  let ending: Promise<boolean> | undefined;
  const onStop = (): void => {
    ending = endInTurn(child, endings, over.signal);
  };
  stop.addEventListener('abort', onStop, { once: true });
  if (stop.aborted) onStop();
  try {
    const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    onStart(child);
    const [code, endedBy] = await closed;
    return { code, endedBy };
  } finally {
    stop.removeEventListener('abort', onStop);
    over.abort();
    if (await ending) await sweep(child.pid);
  }
}

interface GroupRun {
  readonly stop: AbortSignal;
  readonly endings: readonly Ending[];
  /** Takes its output. */
  readonly onStart: (child: GroupLeader) => void;
}

/** @returns whether the whole group was told to end */
async function endInTurn(
  child: GroupLeader,
  endings: readonly Ending[],
  over: AbortSignal,
): Promise<boolean> {
  let isForAll = false;
  for (const { signal, to, graceMs = 0 } of endings) {
    if (over.aborted) break;
    isForAll ||= to === 'group';
    if (to === 'leader') child.kill(signal);
    else signalGroup(child.pid, signal);
    await sleep(graceMs, over).catch(() => undefined); // it has ended meanwhile
  }
  return isForAll;
}

/** What a program had started itself may live a moment longer. */
async function sweep(leader: number | undefined): Promise<void> {
  const deadlineMs = monotonicMs() + LAST_MS;
  while (monotonicMs() < deadlineMs && signalGroup(leader, 'SIGKILL')) await sleep(LOOK_AGAIN_MS);
}

/**
 * Sends a signal to every process of a group.
 * @param leader undefined = it could not be started
 * @returns false where there is no such process, or none that may be signalled
 */
export function signalGroup(leader: number | undefined, signal: NodeJS.Signals): boolean {
  // -1 would be every process there is, and -0 the own group.
  if (leader === undefined || leader <= 1) return false;
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false; // all of it has ended
  }
}
