import type { PgEndpoint } from '../pg/endpoint.ts';
import { monotonicMs } from '../shared/clock.ts';
import { ConnectionSlot } from './connection-slot.ts';
import { Dispatcher, type DispatcherEvents } from './dispatcher.ts';
import type { LoadOrder } from './messages.ts';
import { RequestRun } from './requests/request-run.ts';
import type { Choice } from './traffic/traffic-mix.ts';
import { Workload } from './traffic/workload.ts';

/** Connections of the app that one version has or several share, and the requests that wait for them. */
class AppPool {
  readonly slots: readonly ConnectionSlot[];
  readonly dispatcher: Dispatcher;
  #isOpen = false;

  constructor(login: PgEndpoint, runs: readonly RequestRun[], signal: AbortSignal, events: DispatcherEvents) {
    this.dispatcher = new Dispatcher(events);
    this.slots = runs.map((run) => {
      const slot: ConnectionSlot = new ConnectionSlot(run, login, signal, () => {
        this.dispatcher.lost(slot);
      });
      return slot;
    });
  }

  arrive(intendedMs: number, choice: Choice): void {
    this.dispatcher.arrive(intendedMs, choice);
  }

  /** @throws CONNECTION_FAILED */
  async open(): Promise<void> {
    this.#isOpen = true;
    await Promise.all(this.slots.map((slot) => slot.open()));
  }

  /** As instances that start while others work: whoever is refused tries again, and its requests fail meanwhile. */
  async openLate(): Promise<void> {
    if (this.#isOpen) return;
    this.#isOpen = true;
    await Promise.all(
      this.slots.map(async (slot) => {
        if (this.dispatcher.isReopening(slot)) return;
        const isIn = await slot.open().then(
          () => true,
          () => false,
        );
        if (isIn) this.dispatcher.release(slot, monotonicMs());
        else this.dispatcher.reopen(slot);
      }),
    );
  }

  /** Requests that go on for too long are lost with their connections. */
  async shut(): Promise<void> {
    if (!this.#isOpen) return;
    this.dispatcher.pause();
    await Promise.all(this.slots.map((slot) => slot.close()));
  }

  /** Connections of a new start: with nothing prepared on them. */
  async openAgain(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.dispatcher.resume();
    await this.openLate();
  }

  releaseAll(nowMs: number): void {
    for (const slot of this.slots) this.dispatcher.release(slot, nowMs);
  }
}

/** The app's pools; that of the first version is open from the start. */
export class AppPools {
  readonly first: AppPool;
  readonly #pools: readonly AppPool[];
  readonly #byVersion: readonly AppPool[];
  readonly #names: readonly string[];

  constructor(order: LoadOrder, signal: AbortSignal, events: DispatcherEvents) {
    const { versions, connections, share, pipeline, seed } = order;
    const workload = new Workload(versions, order.pools, seed);
    const logins = new Map(versions.map(({ pool, login }) => [pool, login]));
    this.#names = versions.map(({ name }) => name);
    const pools = [...logins].map(([pool, login], position): [number, AppPool] => {
      const clientOf = (place: number): number => (position * connections + place) * share.of + share.index;
      const runs = Array.from({ length: connections }, (_, place) => {
        return new RequestRun(workload, clientOf(place), pipeline);
      });
      return [pool, new AppPool(login, runs, signal, events)];
    });
    const byNumber = new Map(pools);
    this.#pools = [...byNumber.values()];
    this.#byVersion = versions.flatMap(({ pool }) => byNumber.get(pool) ?? []);
    const [first] = this.#byVersion;
    if (first === undefined) throw new TypeError('a load without a version');
    this.first = first;
  }

  of({ version }: Pick<Choice, 'version'>): AppPool {
    return this.#byVersion[version] ?? this.first;
  }

  async openFor(shares: Readonly<Record<string, number>>): Promise<void> {
    const wanted = this.#byVersion.filter((_, version) => (shares[this.#names[version] ?? ''] ?? 0) > 0);
    const later = [...new Set(wanted)].filter((pool) => pool !== this.first);
    await Promise.all(later.map((pool) => pool.openLate()));
  }

  /** Closes the connections of all that are open. */
  async shut(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.shut()));
  }

  async openAgain(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.openAgain()));
  }

  /** Intended times of all that wait. */
  waiting(): { queued: number[]; inFlight: number[] } {
    const all = this.#pools.map(({ dispatcher }) => dispatcher.waiting());
    return {
      queued: all.flatMap(({ queued }) => queued),
      inFlight: all.flatMap(({ inFlight }) => inFlight),
    };
  }

  /** Resolves when nothing waits and nothing runs. */
  async drained(): Promise<void> {
    await Promise.all(this.#pools.map(({ dispatcher }) => dispatcher.drained()));
  }

  /** Writes off what is left, as `unfinished`, and returns how much it was. */
  writeOff(): number {
    return this.#pools.reduce((sum, { dispatcher }) => sum + dispatcher.close(), 0);
  }

  /** Server processes that still work for us. */
  workingPids(): number[] {
    return this.#pools.flatMap(({ slots }) =>
      slots.flatMap(({ connection }) => (connection?.filled ? [connection.pid] : [])),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#pools.flatMap(({ slots }) => slots.map((slot) => slot.close())));
  }
}
