import { withTimeout } from '../shared/clock.ts';
import { RehearsalError } from '../shared/errors.ts';
import type { LoadWorker } from './load-process.ts';
import type { FromLoad, LoadOrder } from './messages.ts';

const START_TIMEOUT_MS = 60_000;
const SHARES_TIMEOUT_MS = 10_000;
/** What is under way comes to its end first, and connections are opened anew behind it. */
const MAINTENANCE_TIMEOUT_MS = 90_000;
const STOP_GRACE_MS = 5000;

/** One process of the load, with questions and answers. */
export class LoadPartProcess {
  readonly died: AbortSignal;
  readonly #process: LoadWorker;
  readonly #signal: AbortSignal;
  readonly #answers = new Map<string, (message: FromLoad) => void>();
  readonly #kill = (): void => {
    this.#process.kill();
  };
  #shares = 0;

  /** @param start the process, wherever it is; it tells what it has to say */
  constructor(
    signal: AbortSignal,
    start: (onMessage: (message: FromLoad) => void) => LoadWorker,
    onMessage: (message: FromLoad) => void,
  ) {
    this.#process = start((message) => {
      onMessage(message);
      this.#answers.get(message.type === 'shares-set' ? `shares ${message.id}` : message.type)?.(message);
    });
    this.died = this.#process.died;
    this.#signal = signal;
    signal.addEventListener('abort', this.#kill, { once: true });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Resolves when all its connections are open. @throws CONNECTION_FAILED, LOAD_DIED, TIMED_OUT */
  async start(order: LoadOrder): Promise<void> {
    const ready = this.#answer('ready', START_TIMEOUT_MS, 'starting the load');
    this.#process.send({ type: 'start', order });
    await ready;
  }

  begin(): void {
    this.#process.send({ type: 'begin' });
  }

  arrive(startMs: number): void {
    this.#process.send({ type: 'arrive', startMs });
  }

  async setShares(shares: Readonly<Record<string, number>>): Promise<void> {
    const id = this.#shares++;
    const set = this.#answer(`shares ${id}`, SHARES_TIMEOUT_MS, 'moving the traffic');
    this.#process.send({ type: 'shares', id, shares });
    await set;
  }

  async setMaintenance(isOn: boolean): Promise<void> {
    const set = this.#answer(
      'maintenance-set',
      MAINTENANCE_TIMEOUT_MS,
      'taking the app off or letting it in',
    );
    this.#process.send({ type: 'maintenance', isOn });
    await set;
  }

  /** @throws LOAD_DIED when it had to be killed, or was dead already */
  async stop(drainMs: number): Promise<{ unfinished: number }> {
    const stopped = this.#answer('stopped', drainMs + STOP_GRACE_MS, 'stopping the load');
    this.#process.send({ type: 'stop', drainMs });
    try {
      const message = await stopped;
      // All rows are written by now; a process that lingers loses nothing when it is killed.
      await withTimeout(this.#process.expectExit(), STOP_GRACE_MS, 'the end of the load process').catch(
        () => undefined,
      );
      return { unfinished: message.type === 'stopped' ? message.unfinished : 0 };
    } catch (cause) {
      if (!(cause instanceof RehearsalError && cause.code === 'TIMED_OUT')) throw cause;
      throw new RehearsalError('LOAD_DIED', 'the load process did not stop in time and was killed', {
        cause,
      });
    } finally {
      this.kill();
    }
  }

  kill(): void {
    this.#signal.removeEventListener('abort', this.#kill);
    this.#process.kill();
  }

  /** The process's answer. @throws TIMED_OUT, the signal's reason, or why the process died */
  async #answer(name: string, timeoutMs: number, what: string): Promise<FromLoad> {
    const answered = new Promise<FromLoad>((resolve) => this.#answers.set(name, resolve));
    try {
      return await withTimeout(answered, timeoutMs, what, AbortSignal.any([this.#signal, this.died]));
    } finally {
      this.#answers.delete(name);
    }
  }
}
