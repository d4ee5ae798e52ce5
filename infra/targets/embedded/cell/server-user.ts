import { chown, readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { RehearsalError } from '../../../../scripts/shared/errors.ts';
import { withoutForeign } from '../../../../scripts/shared/descriptors.ts';

/** The user under which the server runs, where it is not the caller. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Not `postgres`: the SQL under rehearsal would be at home in that user's real clusters. */
const PLAIN_USER = 'nobody';
const NO_USER = `PostgreSQL refuses to run as root, and there is no user ${PLAIN_USER}`;
const NO_USER_REMEDY = 'run as an ordinary user, or add one (useradd --system nobody)';

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function findServerUser(): Promise<ServerUser | undefined> {
  const [uid, gid] = (await localIds(PLAIN_USER)) ?? [
    await numericId('-u', PLAIN_USER),
    await numericId('-g', PLAIN_USER),
  ];
  return uid === undefined || gid === undefined || uid === 0 ? undefined : { name: PLAIN_USER, uid, gid };
}

/**
 * As whom a server runs where it gets no user of its own: undefined where it may run as the caller.
 * @throws TARGET_UNAVAILABLE where the caller is root and nobody else is there
 */
export async function requireServerUser(): Promise<ServerUser | undefined> {
  if (!isRoot()) return undefined;
  const user = await findServerUser();
  if (user) return user;
  throw new RehearsalError('TARGET_UNAVAILABLE', NO_USER, { hint: NO_USER_REMEDY });
}

/** `uid` and `gid` for a child process; nothing where it runs as the caller. */
export function asUser(user: ServerUser | undefined): { uid?: number; gid?: number } {
  return user ? { uid: user.uid, gid: user.gid } : {};
}

/** Gives a file or folder to the server's user. */
export async function giveTo(user: ServerUser | undefined, path: string): Promise<void> {
  if (user) await chown(path, user.uid, user.gid);
}

/** Of a user of this machine's own, as nearly every machine has it: no program is started for that. */
async function localIds(name: string): Promise<[uid: number, gid: number] | undefined> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const [, uid, gid] = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(users) ?? [];
  return uid === undefined || gid === undefined ? undefined : [Number(uid), Number(gid)];
}

async function numericId(flag: '-u' | '-g', name: string): Promise<number | undefined> {
  const { stdout, exitCode } = await execa('id', [flag, name], {
    reject: false,
    timeout: 5_000,
    stdio: withoutForeign('ignore', 'pipe', 'pipe'),
  });
  return exitCode === 0 && /^\d+$/.test(stdout) ? Number(stdout) : undefined;
}
