import { fork, type ChildProcess } from 'node:child_process';
import { withoutForeign } from '../shared/descriptors.ts';
import { RehearsalError } from '../shared/errors.ts';
import type { FromLoad, ToLoad } from './messages.ts';
import { loadWorker } from './forked-programs.ts';
import { Silence, SILENT_SEC } from './silence.ts';

/** One process of a load as the one who leads it sees it, on whichever host it is. */
export interface LoadWorker {
  readonly pid: number | undefined;
  /** Aborts with LOAD_DIED, or a more exact error that the process named, when it ends without being told to. */
  readonly died: AbortSignal;
  send(message: ToLoad): void;
  /** The process may end from here on; resolves when it has. */
  expectExit(): Promise<void>;
  kill(): void;
}

/** The load process as its parent sees it. */
export class LoadProcess implements LoadWorker {
  readonly died: AbortSignal;
  readonly #died = new AbortController();
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #expected = false;
  readonly #silence: Silence;

  constructor(onMessage: (message: FromLoad) => void) {
    this.died = this.#died.signal;
    const { path, args, execArgv, env } = loadWorker();
    // A process of its own: threads do not take the TypeScript loader, and garbage collection here must not delay the load.
    this.#child = fork(path, args, {
      execArgv: [...execArgv],
      env,
      serialization: 'advanced',
      stdio: withoutForeign('ignore', 'ignore', 'ignore', 'ipc'),
    });
    this.#child.on('message', (message: FromLoad) => {
      if (message.type === 'failed') this.#fail(new RehearsalError(message.code, message.message));
      else onMessage(message);
      if (message.type === 'second') this.#silence.heard();
    });
    this.#child.on('error', (cause) => {
      this.#fail(
        new RehearsalError('LOAD_DIED', 'the load process could not be started or reached', { cause }),
      );
    });
    this.#silence = new Silence(() => {
      this.#fail(new RehearsalError('LOAD_DIED', `the load process stood still for ${SILENT_SEC} s`));
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#silence.stop();
        const how = signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`;
        this.#fail(new RehearsalError('LOAD_DIED', `the load process ended by itself (${how})`));
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(message: ToLoad): void {
    if (this.#child.connected) this.#child.send(message, () => undefined); // a failure shows as its exit
  }

  async expectExit(): Promise<void> {
    this.#expected = true;
    await this.#exited;
  }

  kill(): void {
    this.#expected = true;
    this.#child.kill('SIGKILL');
  }

  #fail(error: RehearsalError): void {
    if (!this.#expected && !this.died.aborted) this.#died.abort(error);
  }
}
