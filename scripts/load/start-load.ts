import type { LoadEvent } from '../artifacts/records/records.ts';
import { monotonicMs } from '../shared/clock.ts';
import { publicNames } from '../pg/messages/public-names.ts';
import type { PgEndpoint } from '../pg/endpoint.ts';
import { ownSessions, type OwnSessions } from '../pg/own-sessions.ts';
import type { LoadSpec } from '../plan/model.ts';
import type { SamplePools } from './traffic/draw.ts';
import type { LoadHost } from './driver-hosts/load-host.ts';
import { RemoteProcess } from './driver-hosts/remote-process.ts';
import { LoadPartProcess } from './load-part.ts';
import { LoadProcess, type LoadWorker } from './load-process.ts';
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
  /** Over how many processes of each host the load is spread; by default as many as this one has room for. */
  readonly processes?: number;
  /** Hosts that have a share of the load besides this one. */
  readonly others?: LoadHosts | undefined;
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

export interface LoadHosts {
  readonly hosts: readonly LoadHost[];
  /** What they let us in by, in hexadecimal. */
  readonly key: string;
}

/** From the order to the first moment of the schedule: by then every process has heard of it. */
const LEAD_MS = 20;

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
  readonly #remote: RemoteProcess[] = [];
  readonly #onEvent: (event: LoadEvent) => void;
  readonly #zeroMs: number;
  #latest: SecondStats | undefined;
  #measured = 0;

  constructor(options: LoadOptions) {
    const { endpoint, spec, processes, others, zeroMs, signal, onSecond, onEvent } = options;
    const hosts = [undefined, ...(others?.hosts ?? [])];
    const perHost = processes ?? partsOf(ofEachHost(spec, hosts.length));
    this.#onSecond = onSecond;
    this.#onEvent = onEvent;
    this.#zeroMs = zeroMs;
    this.#sessions = ownSessions(endpoint);
    this.#events = new EventMerger(perHost * hosts.length, onEvent);
    const start =
      (host: LoadHost | undefined) =>
      (tell: (message: FromLoad) => void): LoadWorker => {
        if (host === undefined) return new LoadProcess(tell);
        const process = new RemoteProcess(host, others?.key ?? '', tell);
        this.#remote.push(process);
        return process;
      };
    this.#parts = hosts
      .flatMap((host) => Array.from({ length: perHost }, () => host))
      .map(
        (host, index) =>
          new LoadPartProcess(signal, start(host), (message) => {
            this.#hear(index, message);
          }),
      );
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
        ratePerSec: spec.ratePerSec,
        connections: shareOf(spec.connections, index, of),
        share: { index, of },
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
    const tMs = monotonicMs() - this.#zeroMs;
    for (const facts of factsByHost(this.#remote)) this.#onEvent({ type: 'shared', tMs, ...facts });
    return { unfinished: stopped.reduce((sum, { unfinished }) => sum + unfinished, 0) };
  }

  kill(): void {
    for (const part of this.#parts) part.kill();
  }

  #hear(index: number, message: FromLoad): void {
    if (message.type === 'session') this.#sessions.tell(message.session);
    if (message.type === 'event') this.#events.add(index, message.event);
    if (message.type === 'measured') this.#arriveIfAll();
    if (message.type !== 'second') return;
    this.#seconds[index] = message.second;
    if (index > 0) return; // the clock of the first one makes the seconds
    this.#latest = mergeSeconds(Object.values(this.#seconds));
    if (this.#latest) this.#onSecond(this.#latest);
  }

  /** The one schedule begins when all have measured what they can. */
  #arriveIfAll(): void {
    this.#measured += 1;
    if (this.#measured < this.#parts.length) return;
    const startMs = monotonicMs() + LEAD_MS;
    for (const part of this.#parts) part.arrive(startMs);
  }
}

function ofEachHost({ ratePerSec, connections }: LoadSpec, hosts: number): Parameters<typeof partsOf>[0] {
  return { ratePerSec: ratePerSec / hosts, connections: Math.floor(connections / hosts) };
}

function factsByHost(processes: readonly RemoteProcess[]): RemoteProcess['facts'][] {
  const byHost = new Map<string, RemoteProcess['facts']>();
  for (const { facts } of processes) {
    const { requests = 0, clockErrorMs = 0 } = byHost.get(facts.host) ?? {};
    byHost.set(facts.host, {
      host: facts.host,
      requests: requests + facts.requests,
      clockErrorMs: Math.max(clockErrorMs, facts.clockErrorMs),
    });
  }
  return [...byHost.values()];
}
