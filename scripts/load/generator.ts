import type { LoadEvent, RequestRow } from '../artifacts/records.ts';
import { withConnection } from '../pg/client.ts';
import { monotonicMs, withTimeout } from '../shared/clock.ts';
import { ArrivalTimes, Metronome } from './arrivals.ts';
import { ConnectionSlot } from './connection-slot.ts';
import { Dispatcher } from './dispatcher.ts';
import type { LoadOrder, SecondStats } from './messages.ts';
import { RequestLog } from './request-log.ts';
import { RequestRunner } from './run-request.ts';
import { SecondWindow } from './second-window.ts';
import { TrafficMix } from './traffic-mix.ts';

const SECOND_MS = 1000;
const TERMINATE_TIMEOUT_MS = 2000;

export interface GeneratorEvents {
  readonly onSecond: (stats: SecondStats) => void;
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
  readonly #dispatcher: Dispatcher;
  readonly #slots: ConnectionSlot[];
  readonly #window: SecondWindow;
  readonly #log: RequestLog;
  #metronome: Metronome | undefined;
  #ticker: NodeJS.Timeout | undefined;

  private constructor(order: LoadOrder, log: RequestLog, events: GeneratorEvents) {
    this.#order = order;
    this.#log = log;
    this.#events = events;
    this.#mix = new TrafficMix(order.versions, order.seed);
    this.#window = new SecondWindow();
    const runner = new RequestRunner(order.versions, order.pools, order.seed, this.#stop.signal);
    this.#dispatcher = new Dispatcher(runner, {
      onRow: (row) => {
        this.#record(row);
      },
      onReconnected: (downMs) => {
        this.#window.reconnected();
        events.onEvent({ type: 'reconnected', tMs: this.#now(), downMs });
      },
      onError: events.onError,
    });
    this.#slots = Array.from({ length: order.connections }, (_, clientId) => {
      const slot: ConnectionSlot = new ConnectionSlot(clientId, order.endpoint, this.#stop.signal, () => {
        this.#dispatcher.lost(slot);
      });
      return slot;
    });
  }

  /** Opens all connections and begins. @throws CONNECTION_FAILED */
  static async start(order: LoadOrder, events: GeneratorEvents): Promise<Generator> {
    const log = await RequestLog.create(order.requestsPath, order.versions, events.onError);
    const generator = new Generator(order, log, events);
    try {
      await Promise.all(generator.#slots.map((slot) => slot.open()));
    } catch (error) {
      await generator.#close([]);
      throw error;
    }
    generator.#begin();
    return generator;
  }

  setShares(shares: Readonly<Record<string, number>>): void {
    this.#mix.setShares(shares);
    this.#events.onEvent({ type: 'shares', tMs: this.#now(), shares });
  }

  /** No new arrivals; waits up to `drainMs` for those that are due, writes off the rest and closes everything. */
  async stop(drainMs: number): Promise<{ unfinished: number }> {
    await this.#metronome?.stop();
    await withTimeout(this.#dispatcher.drained(), drainMs, 'draining the queue').catch(() => undefined);
    const { unfinished, pids } = this.#dispatcher.close();
    await this.#close(pids);
    this.#events.onEvent({ type: 'stopped', tMs: this.#now(), unfinished });
    return { unfinished };
  }

  #begin(): void {
    const startMs = monotonicMs();
    for (const slot of this.#slots) this.#dispatcher.release(slot, startMs);
    const times = new ArrivalTimes(this.#order.seed, this.#order.ratePerSec, startMs);
    this.#metronome = new Metronome(
      times,
      (intendedMs) => {
        this.#dispatcher.arrive(intendedMs, this.#mix.next());
      },
      this.#events.onError,
    );
    this.#ticker = setInterval(() => {
      const stats = this.#window.close(monotonicMs(), this.#dispatcher.waiting());
      this.#events.onSecond({ ...stats, tMs: stats.tMs - this.#order.zeroMs });
    }, SECOND_MS);
    const first = this.#order.versions[0]?.name ?? '';
    this.#events.onEvent({ type: 'started', tMs: this.#now() });
    this.#events.onEvent({ type: 'shares', tMs: this.#now(), shares: { [first]: 1 } });
  }

  #record([intendedMs, readyMs, sentMs, endMs, version, script, outcome]: RequestRow): void {
    const zero = this.#order.zeroMs;
    this.#log.add([intendedMs - zero, readyMs - zero, sentMs - zero, endMs - zero, version, script, outcome]);
    if (outcome !== 'unfinished')
      this.#window.answered(endMs - intendedMs, Math.max(0, sentMs - readyMs), outcome !== 0);
  }

  /** @param pids server processes that still work for us and would go on after we are gone */
  async #close(pids: readonly number[]): Promise<void> {
    clearInterval(this.#ticker);
    this.#window.stop();
    this.#stop.abort(new Error('the load was stopped'));
    if (pids.length > 0) await this.#terminate(pids).catch(() => undefined);
    await Promise.all(this.#slots.map((slot) => slot.close()));
    await this.#log.close();
  }

  async #terminate(pids: readonly number[]): Promise<void> {
    const terminated = withConnection(this.#order.endpoint, 'app', (client) =>
      client.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [pids]),
    );
    await withTimeout(terminated, TERMINATE_TIMEOUT_MS, 'ending sessions');
  }

  #now(): number {
    return monotonicMs() - this.#order.zeroMs;
  }
}
