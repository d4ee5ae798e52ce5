import { runProgram, type Start } from '../../../postgres/run-program.ts';
import type { RunDir } from '../run-dir.ts';
import { asUser, requireServerUser, type ServerUser } from './server-user.ts';
import { jailed } from './jail.ts';
import { ownUid } from './own-uid.ts';

/** As whom the programs of a server run, and what of this machine they see. */
export interface Cell {
  /** Undefined where they run as the caller. */
  readonly user: ServerUser | undefined;
  /** They see files and a network of their own; then the server is reached by a socket only. */
  readonly isClosed: boolean;
  /** No program that they start has more rights than they have, such as sudo. */
  readonly noNewPrivileges: boolean;
  /** Why they see this machine as it is, in one phrase; empty where they do not. */
  readonly openBecause: string;
  /** @param socketDir of a server, see `SOCKET_DIR_INSIDE` */
  start(file: string, args: readonly string[], socketDir?: string): Promise<Start>;
}

const PROBE_MS = 10_000;

/**
 * The most closed cell that this process can make on this machine.
 * @param named software that its programs may read, see `namedPaths`
 * @throws TARGET_UNAVAILABLE where it is root and there is no other user
 */
export async function makeCell(
  dir: RunDir,
  named: readonly string[] = [],
  signal?: AbortSignal,
): Promise<Cell> {
  if (process.getuid?.() !== 0) return openCell('only root may make namespaces');
  if (process.platform !== 'linux') return openCell('only Linux has namespaces');
  const uid = await ownUid();
  if (uid === undefined) return openCell('this container has no user number to spare');
  const cell = closedCell(dir, uid, named);
  const probe = await runProgram('true', [], {
    cell,
    cwd: dir.path,
    timeoutMs: PROBE_MS,
    ...(signal ? { signal } : {}),
  });
  if (probe.ok) return cell;
  const said = probe.output.trim().split('\n').at(-1) ?? '';
  return openCell(`namespaces cannot be made here (${said})`);
}

function closedCell(dir: RunDir, uid: number, named: readonly string[]): Cell {
  return {
    user: { name: 'rehearsal', uid, gid: uid },
    isClosed: true,
    noNewPrivileges: true,
    openBecause: '',
    start: (file, args, socketDir) => jailed({ dir, uid, named, socketDir }, file, args),
  };
}

/** Programs see what their user sees. @throws TARGET_UNAVAILABLE */
export async function openCell(openBecause: string): Promise<Cell> {
  const user = await requireServerUser();
  const wrapper = ['setpriv', '--no-new-privs'] as const;
  const options = { cell: undefined, cwd: '/', timeoutMs: PROBE_MS };
  const noNewPrivileges = (await runProgram(wrapper[0], [wrapper[1], 'true'], options)).ok;
  return {
    user,
    isClosed: false,
    noNewPrivileges,
    openBecause,
    start: (file, args) => {
      const command = noNewPrivileges
        ? { file: wrapper[0], args: [wrapper[1], file, ...args] }
        : { file, args };
      return Promise.resolve({ ...command, ...asUser(user) });
    },
  };
}
