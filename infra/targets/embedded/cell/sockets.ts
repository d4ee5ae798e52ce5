import { chmod, chown, lstat, mkdir, open, rename, rm, symlink, type FileHandle } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { monotonicMs, sleep } from '../../../../scripts/shared/clock.ts';
import { RehearsalError } from '../../../../scripts/shared/errors.ts';
import type { RunDir } from '../run-dir.ts';
import type { ServerUser } from './server-user.ts';

/** sun_path of Linux holds 107 bytes (unix(7)); the name of PostgreSQL's socket takes up to 15 of them. */
const LONGEST_BYTES = 107 - 16;
const LISTEN_TIMEOUT_MS = 60_000;
const POLL_MS = 10;

/**
 * Where a server in a closed cell is reached. It makes its socket in a folder of its own, new for each start. Once it is there,
 * the folder is taken from the server's user: SQL that could put a link in its place would lead us to another server.
 */
export class Sockets {
  /** For connections of this process and its children; the same after a restart. */
  readonly dir: string;
  readonly #root: string;
  readonly #user: ServerUser;
  readonly #handle: FileHandle;
  #starts = 0;

  private constructor(root: string, user: ServerUser, handle: FileHandle) {
    this.#root = root;
    this.#user = user;
    this.#handle = handle;
    const isShort = Buffer.byteLength(root) <= LONGEST_BYTES;
    this.dir = isShort ? root : throughHandle(handle);
  }

  static async open({ sockets }: RunDir, user: ServerUser): Promise<Sockets> {
    await mkdir(sockets, { recursive: true, mode: 0o700 });
    return new Sockets(sockets, user, await open(sockets, 'r'));
  }

  /** A folder for the next start of the server. */
  async next(): Promise<string> {
    const folder = join(this.#root, String(++this.#starts));
    await mkdir(folder, { mode: 0o700 });
    await chown(folder, this.#user.uid, this.#user.gid);
    return folder;
  }

  /**
   * Waits until the server listens, and lets connections reach it.
   * @returns false where it ended instead
   * @throws TIMED_OUT, POSTGRES_START_FAILED, or the signal's reason
   */
  async listening(port: number, isRunning: () => boolean, signal: AbortSignal): Promise<boolean> {
    const folder = join(this.#root, String(this.#starts));
    const name = `.s.PGSQL.${port}`;
    const short = join(throughHandle(this.#handle), String(this.#starts), name);
    const deadline = monotonicMs() + LISTEN_TIMEOUT_MS;
    // It gives its socket a mode between bind and listen, and needs the folder until then.
    while (!(await isSocket(join(folder, name))) || !(await takesConnections(short))) {
      if (!isRunning()) return false;
      if (monotonicMs() > deadline) {
        throw new RehearsalError(
          'TIMED_OUT',
          `PostgreSQL did not listen within ${LISTEN_TIMEOUT_MS / 1000} s`,
        );
      }
      await sleep(POLL_MS, signal);
    }
    await chown(folder, 0, 0);
    await chmod(folder, 0o700);
    if (!(await isSocket(join(folder, name)))) {
      throw new RehearsalError(
        'POSTGRES_START_FAILED',
        'something exchanged PostgreSQL’s socket at its start',
      );
    }
    const link = join(this.#root, name);
    await symlink(join(String(this.#starts), name), `${link}.new`);
    await rename(`${link}.new`, link);
    return true;
  }

  /** When no server runs any more: another one that is started in the same run finds nothing of this one's. */
  async close(): Promise<void> {
    await this.#handle.close();
    await rm(this.#root, { recursive: true, force: true });
  }
}

/** The open folder by a path that any name of a socket still fits behind. */
function throughHandle({ fd }: FileHandle): string {
  return `/proc/${process.pid}/fd/${fd}`;
}

/** Somebody listens there. */
function takesConnections(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}

/** Not a link to one. */
async function isSocket(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isSocket(),
    () => false,
  );
}
