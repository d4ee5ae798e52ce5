import { randomInt } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { monotonicMs, sleep } from '../../../../scripts/shared/clock.ts';
import { identityOf, signalProcess } from '../../../process-identity.ts';

/** Nobody hands these out: systemd's list of ranges (UIDS-GIDS) ends with 0x6fffffff for containers. */
const FIRST = 0x7000_0000;
const COUNT = 0x0f00_0000;
const KILL_MS = 10_000;

/** A user and group number that nobody else has; undefined where this process may not use such a number (in a container). */
export async function ownUid(): Promise<number | undefined> {
  for (const map of ['/proc/self/uid_map', '/proc/self/gid_map']) {
    if (!mapsTo(await readFile(map, 'utf8').catch(() => ''))) return undefined;
  }
  const taken = new Set(await uidsOfProcesses());
  for (;;) {
    const uid = FIRST + randomInt(COUNT);
    if (!taken.has(uid)) return uid;
  }
}

/** Processes of that user, whatever they work on. */
export async function pidsOfUid(uid: number): Promise<number[]> {
  const pids = await allPids();
  const uids = await Promise.all(pids.map(uidOf));
  return pids.filter((_, index) => uids[index] === uid);
}

/** @throws Error when one of them outlives SIGKILL */
export async function endProcessesOfUid(uid: number): Promise<void> {
  const deadline = monotonicMs() + KILL_MS;
  for (;;) {
    const identities = await Promise.all((await pidsOfUid(uid)).map(identityOf));
    const alive = identities.filter((identity) => identity !== undefined);
    if (alive.length === 0) return;
    if (monotonicMs() > deadline) throw new Error(`process ${alive[0]?.pid ?? 0} outlives SIGKILL`);
    for (const identity of alive) await signalProcess(identity, 'SIGKILL');
    await sleep(10);
  }
}

/** Is this a number of `ownUid`, so that whatever runs under it belongs to one run? */
export function isOwnUid(uid: number): boolean {
  return uid >= FIRST && uid < FIRST + COUNT;
}

async function uidsOfProcesses(): Promise<(number | undefined)[]> {
  return Promise.all((await allPids()).map(uidOf));
}

async function allPids(): Promise<number[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

/** The real one: what a program does to hide its memory changes the owner of its folder in /proc, not this line. */
async function uidOf(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  const uid = /^Uid:\s+(\d+)/m.exec(status)?.[1];
  return uid === undefined ? undefined : Number(uid);
}

/** Lines of user_namespaces(7): first number here, first number outside, how many. Without the file there is no namespace. */
function mapsTo(map: string): boolean {
  if (map === '') return true;
  const lines = map
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return lines.some(([first = 0, , count = 0]) => first <= FIRST && FIRST + COUNT <= first + count);
}
