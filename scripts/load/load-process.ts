import { fork, type ChildProcess } from 'node:child_process';
import { withoutForeign } from '../shared/descriptors.ts';
import { monotonicMs } from '../shared/clock.ts';
import { RehearsalError } from '../shared/errors.ts';
import type { FromLoad, ToLoad } from './messages.ts';
import { loadWorker } from './forked-programs.ts';

const LOOK_MS = 1_000;
/** It reports every second. */
const SILENT_MS = 10_000;

/** The load process as its parent sees it. */
export class LoadProcess {
  /** Aborts with LOAD_DIED, or a more exact error that the process named, when it ends without being told to. */
  readonly died: AbortSignal;
  readonly #died = new AbortController();
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #expected = false;
  /** When it was last heard, once it reports every second. */
  #heardMs: number | undefined;
  readonly #silence: NodeJS.Timeout;

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
      if (message.type === 'second') this.#heardMs = monotonicMs();
    });
    this.#child.on('error', (cause) => {
      this.#fail(
        new RehearsalError('LOAD_DIED', 'the load process could not be started or reached', { cause }),
      );
    });
    this.#silence = this.#watchSilence();
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        clearInterval(this.#silence);
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

  /** The process may end from here on; resolves when it has. */
  async expectExit(): Promise<void> {
    this.#expected = true;
    await this.#exited;
  }

  kill(): void {
    this.#expected = true;
    this.#child.kill('SIGKILL');
  }

  /** Suspended, or busy with one thing for ever: it cannot say so itself. What was not heard while we stood still does not count. */
  #watchSilence(): NodeJS.Timeout {
    let lookedMs = monotonicMs();
    return setInterval(() => {
      const nowMs = monotonicMs();
      const wasAsleep = nowMs - lookedMs > 2 * LOOK_MS;
      lookedMs = nowMs;
      if (this.#heardMs === undefined || this.#expected) return;
      if (wasAsleep) this.#heardMs = nowMs;
      if (nowMs - this.#heardMs < SILENT_MS) return;
      this.#fail(new RehearsalError('LOAD_DIED', `the load process stood still for ${SILENT_MS / 1000} s`));
    }, LOOK_MS).unref();
  }

  #fail(error: RehearsalError): void {
    if (!this.#expected && !this.died.aborted) this.#died.abort(error);
  }
}
