import { join } from 'node:path';
import { withConnection } from '../../../../scripts/pg/client.ts';
import type { PgEndpoint } from '../../../../scripts/pg/endpoint.ts';
import { withTimeout } from '../../../../scripts/shared/clock.ts';
import type { RehearsalError } from '../../../../scripts/shared/errors.ts';
import type { ServerMode } from '../../../contract/target.ts';
import { configArguments, writeSettings } from './config-files.ts';
import { SOCKET_DIR_INSIDE } from '../cell/jail.ts';
import { endProcessesOfUid } from '../cell/own-uid.ts';
import type { Sockets } from '../cell/sockets.ts';
import { portTaken } from '../free-port.ts';
import { syncData } from './init-data.ts';
import type { Programs } from '../programs/prepare-programs.ts';
import { runProgram } from '../../../postgres/run-program.ts';
import { isPortTaken } from '../../../postgres/server-log.ts';
import { ServerProcess } from './server-process.ts';
import { configText, ownArguments, type ServerConfig } from '../../../postgres/server-settings.ts';
import { serverDied, startFailed, type ServerEnd } from '../../../postgres/start-error.ts';

const CHECKPOINT_TIMEOUT_MS = 30 * 60_000;

interface ServerSetup {
  readonly programs: Programs;
  readonly config: ServerConfig;
  readonly endpoint: PgEndpoint;
  /** Undefined where the server is reached by its port. */
  readonly sockets: Sockets | undefined;
  /** Called with the pid as soon as there is a process, and again when it answers. */
  readonly onProcess: (pid: number) => Promise<void>;
}

/** The PostgreSQL of one environment: one process at a time, in one of two modes. */
export class Server {
  readonly #setup: ServerSetup;
  readonly #failed = new AbortController();
  #process: ServerProcess | undefined;
  #mode: ServerMode | undefined;

  constructor(setup: ServerSetup) {
    this.#setup = setup;
  }

  /** Aborts when the server ends without being told to; the reason says why. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** @throws POSTGRES_START_FAILED, PORT_TAKEN, DISK_FULL, TIMED_OUT, or the signal's reason; no process is left then */
  async start(mode: ServerMode, signal: AbortSignal): Promise<void> {
    const { programs, config, endpoint, onProcess, sockets } = this.#setup;
    await writeSettings(programs, configText(mode, config));
    signal.throwIfAborted();
    const socketDir = await sockets?.next();
    const server = await ServerProcess.spawn(programs, {
      args: [...configArguments(programs.dir), ...ownArguments(config, socketDir && SOCKET_DIR_INSIDE)],
      socketDir,
    });
    try {
      await onProcess(server.pid);
      await sockets?.listening(config.port, () => server.running, signal);
      const end = await server.ready(endpoint, signal);
      if (end) throw await this.#startError(end);
      await onProcess(server.pid);
    } catch (error) {
      await server.stop(AbortSignal.abort());
      throw error;
    }
    server.onUnexpectedEnd((end) => {
      this.#failed.abort(serverDied(end));
    });
    this.#process = server;
    this.#mode = mode;
  }

  /** Restarts the server unless it runs in that mode already. @throws as `start`, or the reason of `failed` */
  async switchTo(mode: ServerMode, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#failed.signal.throwIfAborted();
    if (this.#mode !== mode) await this.restart(mode, signal);
  }

  /** @param between what is done while it is stopped, cleanly and with all of its data on the disk */
  async restart(mode: ServerMode, signal: AbortSignal, between?: () => Promise<void>): Promise<void> {
    if (mode === 'rehearse') await this.#checkpoint(signal);
    await this.stop(signal);
    if (mode === 'rehearse') await syncData(this.#setup.programs, signal);
    await between?.();
    await this.start(mode, signal);
  }

  async stop(signal: AbortSignal): Promise<void> {
    await this.#process?.stop(signal);
    const { user, isClosed } = this.#setup.programs.cell;
    // What the SQL has started may live on, and shall not meet the next server.
    if (user && isClosed) await endProcessesOfUid(user.uid);
    this.#process = undefined;
    this.#mode = undefined;
  }

  /** Ahead of the shutdown, which has a short time limit: after a restore there may be much to write. */
  async #checkpoint(signal: AbortSignal): Promise<void> {
    const { endpoint } = this.#setup;
    const written = withConnection(endpoint, 'setup', (client) => client.query('checkpoint'));
    await withTimeout(written, CHECKPOINT_TIMEOUT_MS, 'writing out the restored data', signal);
  }

  async #startError(end: ServerEnd): Promise<RehearsalError> {
    const { programs, config } = this.#setup;
    if (isPortTaken(end.log)) return portTaken(config.port);
    const { binDir, dir, cell } = programs;
    const options = { cell, cwd: dir.path, timeoutMs: 10_000 };
    const described = await runProgram(join(binDir, 'postgres'), ['--describe-config'], options);
    // One setting a line, its name in front of the first tab.
    const names = described.output.split('\n').map((line) => line.split('\t', 1)[0] ?? '');
    return startFailed(end, names);
  }
}
