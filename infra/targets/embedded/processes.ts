import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { execa } from 'execa';
import { sleep } from '../../../scripts/shared/clock.ts';
import { OWNER_MARK, ownerMark, RUN_MARK } from '../../../scripts/shared/run-mark.ts';
import { identityOf, isAlive, signalProcess, type ProcessIdentity } from '../../process-identity.ts';
import { isOwnUid, pidsOfUid } from './cell/own-uid.ts';
import type { Owner } from './owner-file.ts';
import type { RunDir } from './run-dir.ts';
import { withoutForeign } from '../../../scripts/shared/descriptors.ts';

const PROGRAMS = new Set(['postgres', 'initdb']);
const QUIT_MS = 8_000;
const KILL_MS = 10_000;

/** The processes of a run: servers that it wrote down, PostgreSQL's that work in its folder, and what carries its mark. */
export async function processesOf(dir: RunDir, owner: Owner): Promise<ProcessIdentity[]> {
  const found = new Map<number, ProcessIdentity>();
  for (const server of owner.servers) {
    if (await isAlive(server)) found.set(server.pid, server);
  }
  const pids = process.platform === 'linux' ? await pidsOnLinux(dir, owner) : await pidsByCommand(dir.path);
  pids.push(...(await pidsOfOwnUser(dir)));
  for (const pid of pids) {
    const identity = await identityOf(pid);
    if (identity) found.set(pid, identity);
  }
  return [...found.values()];
}

/**
 * Ends every process of a run, hard: its data is not needed any more.
 * @throws Error when one of them outlives SIGKILL
 */
export async function endProcesses(dir: RunDir, owner: Owner): Promise<void> {
  let found = await processesOf(dir, owner);
  // SIGQUIT is PostgreSQL's immediate shutdown; unlike SIGKILL it gives back shared memory.
  for (const identity of found) await signalProcess(identity, 'SIGQUIT');
  await waitUntilGone(found, QUIT_MS);
  const deadline = Date.now() + KILL_MS;
  for (;;) {
    found = await processesOf(dir, owner);
    if (found.length === 0) return;
    if (Date.now() > deadline) {
      throw new Error(`process ${found.map(({ pid }) => pid).join(', ')} outlives SIGKILL`);
    }
    for (const identity of found) await signalProcess(identity, 'SIGKILL');
    await waitUntilGone(found, 1_000);
  }
}

async function waitUntilGone(identities: readonly ProcessIdentity[], limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (const identity of identities) {
    while ((await isAlive(identity)) && Date.now() < deadline) await sleep(20);
  }
}

async function pidsOnLinux(dir: RunDir, owner: Owner): Promise<number[]> {
  const folders = new Set(await Promise.all([dir.path, dir.data].map(folderId)));
  folders.delete(undefined);
  const pids: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    if ((await worksIn(folders, entry)) || (await carriesMark(owner, entry))) pids.push(Number(entry));
  }
  return pids;
}

/** Also what the SQL has started, where the server has a user of its own. */
async function pidsOfOwnUser({ data }: RunDir): Promise<number[]> {
  const stats = await lstat(data).catch(() => undefined);
  return stats !== undefined && isOwnUid(stats.uid) ? pidsOfUid(stats.uid) : [];
}

/** A server and all its children work in the data folder, as initdb does in the run's folder: in the very folder, not its name. */
async function worksIn(folders: ReadonlySet<string | undefined>, pid: string): Promise<boolean> {
  const cwd = await folderId(`/proc/${pid}/cwd`);
  if (cwd === undefined || !folders.has(cwd)) return false;
  const program = basename(await readlink(`/proc/${pid}/exe`).catch(() => '')).split(' ')[0] ?? '';
  return PROGRAMS.has(program);
}

async function folderId(path: string): Promise<string | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats && `${stats.dev}:${stats.ino}`;
}

/** By the environment that it was started with; other users' cannot be read and are not ours. */
async function carriesMark({ runId, controller }: Owner, pid: string): Promise<boolean> {
  const environment = (await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')).split('\0');
  const marks = [`${RUN_MARK}=${runId}`, `${OWNER_MARK}=${ownerMark(controller)}`];
  return marks.every((mark) => environment.includes(mark));
}

/** Without /proc: what was started with the data folder as argument, and the children of those. */
async function pidsByCommand(path: string): Promise<number[]> {
  const { stdout } = await execa('ps', ['-axo', 'pid=,ppid=,command='], {
    reject: false,
    timeout: 10_000,
    stdio: withoutForeign('ignore', 'pipe', 'pipe'),
  });
  return pidsOfListing(stdout, path);
}

export function pidsOfListing(listing: string, path: string): number[] {
  const rows = listing.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line);
    return match ? [{ pid: Number(match[1]), parent: Number(match[2]), command: match[3] ?? '' }] : [];
  });
  const ours = new Set<number>();
  for (const { pid, command } of rows) {
    if (/\/(postgres|initdb) /.test(command) && command.includes(` ${path}/`)) ours.add(pid);
  }
  for (const { pid, parent, command } of rows) {
    if (ours.has(parent) && command.startsWith('postgres: ')) ours.add(pid);
  }
  return [...ours];
}
