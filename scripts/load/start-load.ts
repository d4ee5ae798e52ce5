import type { LoadEvent } from '../artifacts/records.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import type { LoadSpec } from '../plan/model.ts';
import { withTimeout } from '../shared/clock.ts';
import { RehearsalError } from '../shared/errors.ts';
import type { SamplePools } from './draw.ts';
import { LoadProcess } from './load-process.ts';
import type { FromLoad, SecondStats } from './messages.ts';
import type { ParsedScript } from './script.ts';

export type { SecondStats } from './messages.ts';

const START_TIMEOUT_MS = 60_000;
const SHARES_TIMEOUT_MS = 10_000;
const STOP_GRACE_MS = 5000;

export interface LoadOptions {
  readonly endpoint: PgEndpoint;
  readonly spec: LoadSpec;
  /** By version name. */
  readonly scripts: ReadonlyMap<string, readonly ParsedScript[]>;
  readonly pools: SamplePools;
  /** Zero of all recorded times, on `monotonicMs`. */
  readonly zeroMs: number;
  /** The ndjson file that the load process writes its rows to. */
  readonly requestsPath: string;
  /** Kills the load process when it aborts. */
  readonly signal: AbortSignal;
  readonly onSecond: (stats: SecondStats) => void;
  readonly onEvent: (event: LoadEvent) => void;
}

export interface RunningLoad {
  readonly pid: number | undefined;
  /** Moves the traffic: weights by version name that sum to 1. Resolves when they are in force. */
  setShares(shares: Record<string, number>): Promise<void>;
  /** The last full second. */
  latest(): SecondStats | undefined;
  /**
   * Ends the load in order: no new arrivals, up to `drainMs` for those that are due.
   * @throws LOAD_DIED when it had to be killed, or was dead already
   */
  stop(drainMs: number): Promise<{ unfinished: number }>;
  kill(): void;
  /** Aborts with LOAD_DIED when the process ends by itself. */
  readonly died: AbortSignal;
}

/**
 * Starts the app's traffic in a process of its own; resolves when all connections are open and requests arrive.
 * @throws CONNECTION_FAILED, LOAD_DIED, TIMED_OUT, or the signal's reason
 */
export async function startLoad(options: LoadOptions): Promise<RunningLoad> {
  options.signal.throwIfAborted();
  const load = new Load(options);
  try {
    await load.start(options);
    return load;
  } catch (error) {
    load.kill();
    throw error;
  }
}

class Load implements RunningLoad {
  readonly died: AbortSignal;
  readonly #process: LoadProcess;
  readonly #signal: AbortSignal;
  readonly #answers = new Map<string, (message: FromLoad) => void>();
  readonly #kill = (): void => {
    this.#process.kill();
  };
  #latest: SecondStats | undefined;
  #shares = 0;

  constructor({ signal, onSecond, onEvent }: LoadOptions) {
    this.#process = new LoadProcess((message) => {
      if (message.type === 'event') onEvent(message.event);
      if (message.type === 'second') onSecond((this.#latest = message.stats));
      this.#answers.get(message.type === 'shares-set' ? `shares ${message.id}` : message.type)?.(message);
    });
    this.died = this.#process.died;
    this.#signal = signal;
    signal.addEventListener('abort', this.#kill, { once: true });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  async start({ endpoint, spec, scripts, pools, zeroMs, requestsPath }: LoadOptions): Promise<void> {
    const ready = this.#answer('ready', START_TIMEOUT_MS, 'starting the load');
    const { ratePerSec, connections, seed } = spec;
    const versions = spec.versions.map(({ name }) => ({ name, scripts: scripts.get(name) ?? [] }));
    const order = { endpoint, ratePerSec, connections, seed, versions, pools, zeroMs, requestsPath };
    this.#process.send({ type: 'start', order });
    await ready;
  }

  async setShares(shares: Record<string, number>): Promise<void> {
    const id = this.#shares++;
    const set = this.#answer(`shares ${id}`, SHARES_TIMEOUT_MS, 'moving the traffic');
    this.#process.send({ type: 'shares', id, shares });
    await set;
  }

  latest(): SecondStats | undefined {
    return this.#latest;
  }

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
