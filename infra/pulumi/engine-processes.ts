import { readdir, readFile, readlink } from 'node:fs/promises';
import { sleep } from '../../scripts/shared/clock.ts';
import { identityOf, isAlive, signalProcess, type ProcessIdentity } from '../process-identity.ts';

/** Environment variable that the CLI and its plugins inherit, with the session's folder as its value. */
export const SESSION_MARK = 'REHEARSE_ENGINE_SESSION';

const POLL_MS = 50;
/** The kernel takes a moment to end what was killed. */
const KILL_MS = 2_000;

/**
 * Waits until the CLI of that session and its plugins have ended by themselves, and ends those that have not: a plugin outlives
 * a killed CLI, and would go on making what we are about to remove.
 */
export async function endEngineProcesses(session: string, graceMs: number): Promise<void> {
  await untilGone(await engineProcesses(session), graceMs);
  const left = await engineProcesses(session);
  for (const one of left) await signalProcess(one, 'SIGKILL');
  await untilGone(left, KILL_MS);
}

async function untilGone(processes: readonly ProcessIdentity[], limitMs: number): Promise<void> {
  const deadlineMs = Date.now() + limitMs;
  let left = await stillThere(processes);
  while (left.length > 0 && Date.now() < deadlineMs) {
    await sleep(POLL_MS);
    left = await stillThere(left);
  }
}

/** In this pid namespace: what runs inside a host is the host's. Only Linux tells another process's environment. */
async function engineProcesses(session: string): Promise<ProcessIdentity[]> {
  if (process.platform !== 'linux') return [];
  const mark = `${SESSION_MARK}=${session}`;
  const here = await readlink('/proc/self/ns/pid').catch(() => '');
  const found: ProcessIdentity[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    const environment = await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(mark)) continue;
    if ((await readlink(`/proc/${entry}/ns/pid`).catch(() => '')) !== here) continue;
    const identity = await identityOf(Number(entry));
    if (identity) found.push(identity);
  }
  return found;
}

async function stillThere(processes: readonly ProcessIdentity[]): Promise<ProcessIdentity[]> {
  const alive = await Promise.all(processes.map(isAlive));
  return processes.filter((_, index) => alive[index]);
}
