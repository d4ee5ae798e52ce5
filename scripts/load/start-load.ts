import type { LoadEvent } from '../artifacts/records/records.ts';
import { publicNames } from '../pg/messages/public-names.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { ownSessions, type OwnSessions } from '../pg/own-sessions.ts';
import type { LoadSpec } from '../plan/model.ts';
import type { SamplePools } from './traffic/draw.ts';
import { LoadPartProcess } from './load-part.ts';
import { capacityMs, partsOf, shareOf } from './chance/load-shape.ts';
import { EventMerger, mergeSeconds } from './requests/merge-parts.ts';
import type { FromLoad, Second, SecondStats } from './messages.ts';
import type { ParsedScript } from './scripts/script.ts';

export type { SecondStats } from './messages.ts';

export interface LoadOptions {
  readonly endpoint: PgEndpoint;
  readonly spec: LoadSpec;
  /** How each version connects, by its name; those that are not there take `endpoint`. */
  readonly logins?: ReadonlyMap<string, PgEndpoint>;
  /** Which versions share connections, by name; those that are not there share pool 0. */
  readonly versionPools?: ReadonlyMap<string, number>;
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
  /** Over how many processes the load is spread; by default as many as the machine has room for. */
  readonly processes?: number;
}

export interface RunningLoad {
  readonly pid: number | undefined;
  /** Moves the traffic: weights by version name that sum to 1. Resolves when they are in force. */
  setShares(shares: Record<string, number>): Promise<void>;
  /** Turns requests away, ends those under way and closes all connections; or the reverse. Resolves when it is done. */
  setMaintenance(isOn: boolean): Promise<void>;
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
 * Starts the app's traffic in processes of its own; resolves when all connections are open: requests arrive from
 * now on, or as soon as capacity has been measured.
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
  readonly #parts: readonly LoadPartProcess[];
  readonly #events: EventMerger;
  readonly #onSecond: (stats: SecondStats) => void;
  readonly #sessions: OwnSessions;
  /** The last one of each process. */
  readonly #seconds: Second[] = [];
  #latest: SecondStats | undefined;

  constructor({ endpoint, spec, processes, signal, onSecond, onEvent }: LoadOptions) {
    const count = processes ?? partsOf(spec);
    this.#onSecond = onSecond;
    this.#sessions = ownSessions(endpoint);
    this.#events = new EventMerger(count, onEvent);
    this.#parts = Array.from({ length: count }, (_, index) => {
      const part = new LoadPartProcess(signal, (message) => {
        this.#hear(index, message);
      });
      return part;
    });
    this.died = AbortSignal.any(this.#parts.map(({ died }) => died));
  }

  get pid(): number | undefined {
    return this.#parts[0]?.pid;
  }

  async start(options: LoadOptions): Promise<void> {
    const { endpoint, logins, versionPools, spec, scripts, pools, zeroMs, requestsPath } = options;
    const versions = spec.versions.map(({ name }) => ({
      name,
      scripts: scripts.get(name) ?? [],
      login: logins?.get(name) ?? endpoint,
      pool: versionPools?.get(name) ?? 0,
    }));
    const common = {
      endpoint,
      seed: spec.seed,
      versions,
      pools,
      zeroMs,
      publicNames: publicNames(),
      requestsPath,
      pipeline: spec.pipeline ?? false,
    };
    const of = this.#parts.length;
    const start = (part: LoadPartProcess, index: number): Promise<void> =>
      part.start({
        ...common,
        ratePerSec: spec.ratePerSec / of,
        connections: shareOf(spec.connections, index, of),
        part: { index, of },
        capacityMs: capacityMs(spec),
      });
    const [first, ...others] = this.#parts;
    if (first) await start(first, 0); // it begins the file that all of them write to
    await Promise.all(others.map((part, position) => start(part, position + 1)));
    for (const part of this.#parts) part.begin();
  }

  async setShares(shares: Record<string, number>): Promise<void> {
    await Promise.all(this.#parts.map((part) => part.setShares(shares)));
  }

  async setMaintenance(isOn: boolean): Promise<void> {
    await Promise.all(this.#parts.map((part) => part.setMaintenance(isOn)));
  }

  latest(): SecondStats | undefined {
    return this.#latest;
  }

  async stop(drainMs: number): Promise<{ unfinished: number }> {
    const stopped = await Promise.all(this.#parts.map((part) => part.stop(drainMs)));
    return { unfinished: stopped.reduce((sum, { unfinished }) => sum + unfinished, 0) };
  }

  kill(): void {
    for (const part of this.#parts) part.kill();
  }

  #hear(index: number, message: FromLoad): void {
    if (message.type === 'session') this.#sessions.tell(message.session);
    if (message.type === 'event') this.#events.add(index, message.event);
    if (message.type !== 'second') return;
    this.#seconds[index] = message.second;
    if (index > 0) return; // the clock of the first one makes the seconds
    this.#latest = mergeSeconds(Object.values(this.#seconds));
    if (this.#latest) this.#onSecond(this.#latest);
  }
}
