import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asError, RehearsalError } from '../../../../scripts/shared/errors.ts';
import { withoutForeign } from '../../../../scripts/shared/descriptors.ts';
import { monotonicMs, sleep, withTimeout } from '../../../../scripts/shared/clock.ts';
import { closeQuietly, connect } from '../../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../../scripts/pg/endpoint.ts';
import type { Programs } from '../programs/prepare-programs.ts';
import type { ServerEnd } from '../../../postgres/start-error.ts';
import { serverEnvironment } from '../../../postgres/run-program.ts';

const START_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;
const POLL_MS = 40;
const FAST_STOP_MS = 20_000;
const QUIT_MS = 8_000;
const KILL_MS = 10_000;

interface StartOptions {
  readonly args?: readonly string[];
  /** Of a server in a closed cell. */
  readonly socketDir?: string | undefined;
}

/** One `postgres` process, from its start to its end. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<ServerEnd>;
  #told = false;

  private constructor(child: ChildProcess, readLog: () => Promise<string>) {
    this.#child = child;
    child.on('error', () => undefined); // a signal that came too late
    this.#ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        void readLog().then((log) => {
          resolve({ code, signal, log });
        });
      });
    });
  }

  /** Starts the program; it has a process group of its own, so that Ctrl-C in the terminal reaches it through us only. */
  static async spawn({ binDir, dir, cell }: Programs, how: StartOptions = {}): Promise<ServerProcess> {
    const logStart = await stat(dir.log).then(
      ({ size }) => size,
      () => 0,
    );
    const log = await open(dir.log, 'a', 0o600);
    try {
      const args = ['-D', dir.data, ...(how.args ?? [])];
      const { file, args: all, ...user } = await cell.start(join(binDir, 'postgres'), args, how.socketDir);
      const child = spawn(file, all, {
        ...user,
        cwd: dir.path,
        env: serverEnvironment(dir.path),
        detached: true,
        stdio: withoutForeign('ignore', log.fd, log.fd),
      });
      const server = new ServerProcess(child, () => readFrom(dir.log, logStart));
      await once(child, 'spawn');
      return server;
    } catch (cause) {
      throw new RehearsalError('POSTGRES_START_FAILED', `postgres did not start: ${asError(cause).message}`, {
        cause,
      });
    } finally {
      await log.close();
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Calls back when the server ends without `stop`. */
  onUnexpectedEnd(callback: (end: ServerEnd) => void): void {
    void this.#ended.then((end) => {
      if (!this.#told) callback(end);
    });
  }

  /**
   * Waits until the server answers a query.
   * @returns undefined then, or how it ended instead
   * @throws TIMED_OUT, or the signal's reason
   */
  async ready(endpoint: PgEndpoint, signal: AbortSignal): Promise<ServerEnd | undefined> {
    const deadline = monotonicMs() + START_TIMEOUT_MS;
    while (this.running) {
      if (await accepts(endpoint, signal)) return undefined;
      if (monotonicMs() > deadline) {
        throw new RehearsalError(
          'TIMED_OUT',
          `PostgreSQL did not answer within ${START_TIMEOUT_MS / 1000} s`,
        );
      }
      await sleep(POLL_MS, signal);
    }
    return this.#ended;
  }

  /** Fast shutdown, with a checkpoint; harder when that takes too long or the signal aborts. */
  async stop(signal?: AbortSignal): Promise<void> {
    this.#told = true;
    // SIGINT and SIGQUIT are PostgreSQL's fast and immediate shutdown.
    if (signal?.aborted !== true && (await this.#endAfter('SIGINT', FAST_STOP_MS, signal))) return;
    if (await this.#endAfter('SIGQUIT', QUIT_MS)) return;
    if (await this.#endAfter('SIGKILL', KILL_MS)) return;
    throw new Error(`process ${this.pid} (postgres) outlives SIGKILL`);
  }

  async #endAfter(kill: NodeJS.Signals, limitMs: number, signal?: AbortSignal): Promise<boolean> {
    if (this.running) this.#child.kill(kill);
    try {
      await withTimeout(this.#ended, limitMs, 'PostgreSQL’s shutdown', signal);
      return true;
    } catch {
      return false;
    }
  }
}

async function accepts(endpoint: PgEndpoint, signal: AbortSignal): Promise<boolean> {
  try {
    const connected = connect(endpoint, 'setup').then(closeQuietly);
    await withTimeout(connected, CONNECT_TIMEOUT_MS, 'connecting to PostgreSQL', signal);
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/** The newest part at most: a server that died in a storm of messages said why at the end. */
async function readFrom(path: string, start: number): Promise<string> {
  const MOST_BYTES = 1024 ** 2;
  try {
    const bytes = await readFile(path);
    return bytes.subarray(Math.max(start, bytes.length - MOST_BYTES)).toString();
  } catch {
    return '';
  }
}
