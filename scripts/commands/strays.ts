import { readdir, readFile } from 'node:fs/promises';
import { sleep } from '../shared/clock.ts';
import { startTimeOf } from '../shared/process-start.ts';

/** Every process of one command inherits it, with a value that no other command of any run has. */
export const COMMAND_MARK = 'REHEARSE_COMMAND_ID';

/** A process that executes another program has no environment for a moment; longer where processors are scarce. */
const LOOKS_DURING_EXEC = 4;
const EXEC_MS = 10;

interface Stray {
  readonly pid: number;
  /** With the pid it names one process and no later one. */
  readonly startTime: string;
}

/**
 * The processes of this Linux that carry a command's mark: what a command left running, in whatever group or session. Those of
 * other users, and those that have thrown their environment away, carry none that can be read, and are not ours to end.
 */
export async function straysOf(mark: string): Promise<readonly Stray[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => strayAt(pid, mark)));
  return found.filter((stray) => stray !== undefined);
}

async function strayAt(pid: number, mark: string): Promise<Stray | undefined> {
  if (pid === process.pid) return undefined;
  const startTime = await startTimeOf(pid);
  const carries = startTime !== undefined && (await carriesMark(pid, mark));
  // The same process before and after the look: its pid was not given to another one in between.
  return carries && (await startTimeOf(pid)) === startTime ? { pid, startTime } : undefined;
}

async function carriesMark(pid: number, mark: string): Promise<boolean> {
  let environment = await environmentOf(pid);
  for (let looks = 1; environment === '' && looks < LOOKS_DURING_EXEC; looks++) {
    await sleep(EXEC_MS);
    environment = await environmentOf(pid);
  }
  return environment?.split('\0').includes(`${COMMAND_MARK}=${mark}`) ?? false;
}

/** Undefined where it cannot be read; empty for the kernel's own threads, and for any process while it executes another program. */
function environmentOf(pid: number): Promise<string | undefined> {
  return readFile(`/proc/${pid}/environ`, 'latin1').catch(() => undefined);
}

/** Signals those that carry the mark, and returns how many there were. */
export async function signalStrays(mark: string, signal: NodeJS.Signals): Promise<number> {
  const strays = await straysOf(mark);
  for (const { pid, startTime } of strays) {
    if ((await startTimeOf(pid)) !== startTime) continue;
    try {
      process.kill(pid, signal);
    } catch {
      continue; // it has ended by itself
    }
  }
  return strays.length;
}
