import { readFile, readlink } from 'node:fs/promises';
import { execa } from 'execa';
import { z } from 'zod';
import { startTimeOf } from '../scripts/shared/process-start.ts';
import { withoutForeign } from '../scripts/shared/descriptors.ts';

/** A process that cannot be mistaken for a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot on Linux, else what `ps` calls lstart; only good for comparing. */
  readonly startTime: string;
}

export const processIdentitySchema = z.object({ pid: z.int().positive(), startTime: z.string() });

/** Which pids mean the same: one boot of one kernel, seen from one pid namespace (a container has its own). */
export interface PidSpace {
  readonly bootId: string;
  readonly namespace: string;
}

export const pidSpaceSchema = z.object({ bootId: z.string(), namespace: z.string() });

/** Undefined where no such process runs; a zombie does not run. */
export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const startTime = process.platform === 'linux' ? await startTimeOf(pid) : await psStartTime(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

export async function isAlive({ pid, startTime }: ProcessIdentity): Promise<boolean> {
  return (await identityOf(pid))?.startTime === startTime;
}

/** Sends a signal to exactly that process; a process that is gone already is no error. */
export async function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<void> {
  if (!(await isAlive(identity))) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export async function currentPidSpace(): Promise<PidSpace> {
  if (process.platform === 'linux') {
    const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    return { bootId: bootId.trim(), namespace: await readlink('/proc/self/ns/pid').catch(() => '') };
  }
  const { stdout } = await execa('sysctl', ['-n', 'kern.bootsessionuuid'], {
    reject: false,
    timeout: 5_000,
    stdio: withoutForeign('ignore', 'pipe', 'pipe'),
  });
  return { bootId: stdout, namespace: '' };
}

async function psStartTime(pid: number): Promise<string | undefined> {
  const { stdout, exitCode } = await execa('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
    env: { LC_ALL: 'C' },
    reject: false,
    timeout: 5_000,
    stdio: withoutForeign('ignore', 'pipe', 'pipe'),
  });
  const match = /^(\S+)\s+(.+)$/.exec(stdout.trim());
  if (exitCode !== 0 || match === null || match[1]?.startsWith('Z') === true) return undefined;
  return match[2];
}
