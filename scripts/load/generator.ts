import type { LoadEvent } from '../artifacts/records/records.ts';
import { withConnection } from '../pg/client.ts';
import { monotonicMs, withTimeout } from '../shared/clock.ts';
import { ArrivalTimes, Metronome } from './chance/arrivals.ts';
import { ClosedLoop, type Capacity } from './closed-loop.ts';
import { Maintenance } from './maintenance.ts';
import { AppPools } from './app-pools.ts';
import type { DispatcherEvents, OnRequest } from './dispatcher.ts';
import { FirstWords } from './requests/first-words.ts';
import type { LoadOrder, Second } from './messages.ts';
import { RequestLog } from './requests/request-log.ts';
import { SecondWindow } from './second-window.ts';
import { TrafficMix } from './traffic/traffic-mix.ts';

const SECOND_MS = 1000;
/** As long as a graceful shutdown waits for what is under way; then it is cut off. */
const SHUTDOWN_MS = 30_000;
const TERMINATE_TIMEOUT_MS = 2000;
/** A thread that is at work for so much of a second has nothing left for more requests. */
const SATURATED = 0.9;

interface GeneratorEvents {
  readonly onSecond: (second: Second) => void;
  readonly onEvent: (event: LoadEvent) => void;
  /** The load cannot go on. */
  readonly onError: (error: unknown) => void;
}

/** The open-loop load: requests arrive on schedule, whether or not earlier ones have been answered. */
export class Generator {
  readonly #order: LoadOrder;
  readonly #events: GeneratorEvents;
  readonly #stop = new AbortController();
  readonly #mix: TrafficMix;
  readonly #pools: AppPools;
  readonly #window: SecondWindow;
  readonly #log: RequestLog;
  readonly #words = new FirstWords();
  readonly #metronome: Metronome;
  #shares: Readonly<Record<string, number>> = {};
  readonly #maintenance = new Maintenance();
  #ticker: NodeJS.Timeout | undefined;

  private constructor(order: LoadOrder, log: RequestLog, events: GeneratorEvents) {
    const { versions, seed, share } = order;
    this.#order = order;
    this.#log = log;
    this.#events = events;
    this.#mix = new TrafficMix(versions, seed, share);
    this.#window = new SecondWindow(share.of > 1);
    this.#metronome = new Metronome((intendedMs) => {
      const choice = this.#mix.next();
      if (this.#maintenance.isOn) this.#maintenance.turnAway();
      else this.#pools.of(choice).arrive(intendedMs, choice);
    }, events.onError);
    this.#pools = new AppPools(order, this.#stop.signal, {
      onRequest: this.#record,
      onFailed: this.#hear,
      onReconnected: (downMs) => {
        this.#window.reconnected();
        events.onEvent({ type: 'reconnected', tMs: this.#now(), downMs });
      },
      onError: events.onError,
    });
  }

  /** Opens all connections. @throws CONNECTION_FAILED */
  static async open(order: LoadOrder, events: GeneratorEvents): Promise<Generator> {
    const log = await RequestLog.create(order, events.onError);
    const generator = new Generator(order, log, events);
    try {
      await generator.#pools.first.open();
      return generator;
    } catch (error) {
      await generator.#close([]);
      throw error;
    }
  }

  /** Measures what the app can do, if that was ordered. */
  async begin(): Promise<void> {
    const { capacityMs, connections } = this.#order;
    if (capacityMs > 0) {
      const capacity = await this.#measure(capacityMs);
      if (this.#stop.signal.aborted) return;
      if (capacity !== undefined)
        this.#events.onEvent({ type: 'capacity', tMs: this.#now(), ...capacity, connections });
    } else {
      this.#pools.first.releaseAll(monotonicMs());
    }
  }

  /** Requests arrive by the schedule that begins then, on the monotonic clock. */
  arrive(startMs: number): void {
    if (this.#stop.signal.aborted) return;
    const { seed, ratePerSec, share, zeroMs, versions } = this.#order;
    this.#metronome.start(() => new ArrivalTimes(seed, ratePerSec, startMs, share));
    this.#ticker = setInterval(() => {
      const second = this.#window.close(monotonicMs(), this.#pools.waiting());
      const stats = { ...second.stats, tMs: second.stats.tMs - zeroMs };
      this.#events.onSecond({ ...second, stats });
      if (stats.busy >= SATURATED)
        this.#events.onEvent({ type: 'saturated', tMs: stats.tMs, busy: stats.busy });
    }, SECOND_MS);
    const first = versions[0]?.name ?? '';
    this.#events.onEvent({ type: 'started', tMs: startMs - zeroMs });
    this.#events.onEvent({ type: 'shares', tMs: startMs - zeroMs, shares: { [first]: 1 } });
  }

  /** A pool that gets its first traffic opens its connections before that. */
  async setShares(shares: Readonly<Record<string, number>>): Promise<void> {
    if (!this.#maintenance.isOn) await this.#pools.openFor(shares);
    this.#shares = shares;
    this.#mix.setShares(shares);
    this.#events.onEvent({ type: 'shares', tMs: this.#now(), shares });
  }

  /** From the first request that is turned away to the first that may come in. */
  async setMaintenance(isOn: boolean): Promise<void> {
    if (isOn === this.#maintenance.isOn) return;
    if (isOn) {
      this.#maintenance.begin(this.#dueUntilNow());
      await withTimeout(this.#pools.drained(), SHUTDOWN_MS, 'ending requests').catch(() => undefined);
      await this.#pools.shut();
      return;
    }
    await this.#pools.openAgain();
    await this.#pools.openFor(this.#shares);
    this.#endMaintenance();
  }

  #endMaintenance(): void {
    const window = this.#maintenance.end(this.#dueUntilNow());
    if (window) this.#events.onEvent(window);
  }

  /** No new arrivals; waits up to `drainMs` for those that are due, writes off the rest and closes everything. */
  async stop(drainMs: number): Promise<{ unfinished: number }> {
    await this.#metronome.stop();
    await withTimeout(this.#pools.drained(), drainMs, 'draining the queue').catch(() => undefined);
    const unfinished = this.#pools.writeOff();
    await this.#close(this.#pools.workingPids());
    this.#endMaintenance();
    this.#events.onEvent({ type: 'stopped', tMs: this.#now(), unfinished });
    return { unfinished };
  }

  /** Requests of the first version, as many as the connections can carry. They are not part of the record. */
  #measure(durationMs: number): Promise<Capacity | undefined> {
    const mix = new TrafficMix(this.#order.versions, this.#order.seed, this.#order.share);
    const { slots, dispatcher } = this.#pools.first;
    return ClosedLoop.measure(slots, durationMs, {
      next: () => mix.next(),
      onFree: (slot, nowMs) => {
        dispatcher.release(slot, nowMs);
      },
      onLost: (slot) => {
        dispatcher.reopen(slot);
      },
    });
  }

  readonly #record: OnRequest = (intendedMs, readyMs, sentMs, endMs, choice, outcome, pid) => {
    this.#log.add(intendedMs, readyMs, sentMs, endMs, choice, outcome, pid);
    if (outcome !== 'unfinished')
      this.#window.answered(endMs - intendedMs, Math.max(0, sentMs - readyMs), choice, outcome);
    this.#metronome.poll(endMs);
  };

  readonly #hear: DispatcherEvents['onFailed'] = (choice, outcome, connection) => {
    const words = this.#words.of(choice, outcome, connection);
    const version = this.#order.versions[choice.version];
    const script = version?.scripts[choice.script];
    if (words === undefined || version === undefined || script === undefined) return;
    const kind = { version: version.name, script: script.name, sqlstate: outcome };
    this.#events.onEvent({ type: 'said', tMs: this.#now(), ...kind, ...words });
  };

  /** @param pids server processes that still work for us and would go on after we are gone */
  async #close(pids: readonly number[]): Promise<void> {
    clearInterval(this.#ticker);
    this.#window.stop();
    this.#stop.abort(new Error('the load was stopped'));
    await this.#metronome.stop();
    if (pids.length > 0) await this.#terminate(pids).catch(() => undefined);
    await this.#pools.close();
    await this.#log.close();
  }

  async #terminate(pids: readonly number[]): Promise<void> {
    const terminated = withConnection(this.#order.endpoint, 'setup', (client) =>
      client.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [pids]),
    );
    await withTimeout(terminated, TERMINATE_TIMEOUT_MS, 'ending sessions');
  }

  /** Now, on the clock of the run: what is due by then has arrived. */
  #dueUntilNow(): number {
    const nowMs = monotonicMs();
    this.#metronome.poll(nowMs);
    return nowMs - this.#order.zeroMs;
  }

  #now(): number {
    return monotonicMs() - this.#order.zeroMs;
  }
}
