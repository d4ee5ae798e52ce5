import { monotonicMs } from '../shared/clock.ts';
import type { RequestRow } from '../artifacts/records.ts';
import type { ConnectionSlot } from './connection-slot.ts';
import { RequestQueue } from './request-queue.ts';
import type { RequestRunner } from './run-request.ts';
import type { Choice } from './traffic-mix.ts';

/** A request that is due. */
interface Due {
  readonly intendedMs: number;
  readonly choice: Choice;
}

export interface DispatcherEvents {
  /** A request came to its end; times on the monotonic clock. */
  readonly onRow: (row: RequestRow) => void;
  readonly onReconnected: (downMs: number) => void;
  /** A bug: the load cannot go on. */
  readonly onError: (error: unknown) => void;
}

/** Hands requests to free connections, first come first served; what finds none waits for as long as it takes. */
export class Dispatcher {
  readonly #runner: RequestRunner;
  readonly #events: DispatcherEvents;
  readonly #idle: ConnectionSlot[] = [];
  readonly #queue = new RequestQueue<Due>();
  readonly #inFlight = new Map<Due, { slot: ConnectionSlot; readyMs: number; sentMs: number }>();
  #closed = false;
  #onDrained: (() => void) | undefined;

  constructor(runner: RequestRunner, events: DispatcherEvents) {
    this.#runner = runner;
    this.#events = events;
  }

  /** A request is due. */
  arrive(intendedMs: number, choice: Choice): void {
    const due = { intendedMs, choice };
    const slot = this.#idle.shift();
    if (slot) this.#start(due, slot, intendedMs);
    else this.#queue.push(due);
  }

  /** A connection is free since `freeMs`. */
  release(slot: ConnectionSlot, freeMs: number): void {
    if (this.#closed) return;
    const due = this.#queue.shift();
    if (due) this.#start(due, slot, Math.max(due.intendedMs, freeMs));
    else this.#idle.push(slot);
  }

  /** A connection was lost. While a request runs on it, the request's end takes care of that. */
  lost(slot: ConnectionSlot): void {
    const index = this.#idle.indexOf(slot);
    if (index < 0) return;
    this.#idle.splice(index, 1);
    this.#reopen(slot);
  }

  /** Intended times of all that wait. */
  waiting(): { queued: number[]; inFlight: number[] } {
    return {
      queued: this.#queue.items().map(({ intendedMs }) => intendedMs),
      inFlight: [...this.#inFlight.keys()].map(({ intendedMs }) => intendedMs),
    };
  }

  /** Resolves when nothing waits and nothing runs. */
  drained(): Promise<void> {
    if (this.#queue.length === 0 && this.#inFlight.size === 0) return Promise.resolve();
    return new Promise((resolve) => (this.#onDrained = resolve));
  }

  /** Writes off what is left, as `unfinished`. Returns how much it was and the server's processes that still work on it. */
  close(): { unfinished: number; pids: number[] } {
    this.#closed = true;
    const nowMs = monotonicMs();
    const pids: number[] = [];
    const left = this.#queue.items();
    for (const [due, { slot, readyMs, sentMs }] of this.#inFlight) {
      this.#row(due, readyMs, sentMs, nowMs, 'unfinished');
      if (slot.connection?.pid) pids.push(slot.connection.pid);
    }
    for (const due of left) this.#row(due, nowMs, nowMs, nowMs, 'unfinished');
    return { unfinished: this.#inFlight.size + left.length, pids };
  }

  #start(due: Due, slot: ConnectionSlot, readyMs: number): void {
    this.#serve(due, slot, readyMs).catch((error: unknown) => {
      this.#events.onError(error);
    });
  }

  async #serve(due: Due, slot: ConnectionSlot, readyMs: number): Promise<void> {
    const sentMs = monotonicMs();
    this.#inFlight.set(due, { slot, readyMs, sentMs });
    const outcome =
      slot.connection && !slot.connection.lost
        ? await this.#runner.run(due.choice, slot.connection, slot.clientId)
        : 'lost';
    if (this.#closed) return;
    const endMs = monotonicMs();
    this.#inFlight.delete(due);
    this.#row(due, readyMs, sentMs, endMs, outcome);
    if (outcome === 'lost' || slot.connection?.lost) this.#reopen(slot);
    else this.release(slot, endMs);
    if (this.#queue.length === 0 && this.#inFlight.size === 0) this.#onDrained?.();
  }

  #reopen(slot: ConnectionSlot): void {
    slot.reopen().then(
      (downMs) => {
        this.#events.onReconnected(downMs);
        this.release(slot, monotonicMs());
      },
      (error: unknown) => {
        if (!this.#closed) this.#events.onError(error);
      },
    );
  }

  #row(due: Due, readyMs: number, sentMs: number, endMs: number, outcome: 0 | string): void {
    const { version, script } = due.choice;
    this.#events.onRow([due.intendedMs, readyMs, sentMs, endMs, version, script, outcome]);
  }
}
