import { monotonicMs } from '../shared/clock.ts';
import type { AppConnection } from './app-connection.ts';
import type { ConnectionSlot } from './connection-slot.ts';
import { RequestQueue } from './requests/request-queue.ts';
import type { Outcome } from './requests/request-run.ts';
import type { Choice } from './traffic/traffic-mix.ts';

/** A request that is due. */
interface Due {
  readonly intendedMs: number;
  readonly choice: Choice;
}

interface Running extends Due {
  /** Of the backend that it runs on; 0 = none. */
  readonly pid: number;
  readonly readyMs: number;
  readonly sentMs: number;
}

/** A request that came to its end; times on the monotonic clock. */
export type OnRequest = (
  intendedMs: number,
  readyMs: number,
  sentMs: number,
  endMs: number,
  choice: Choice,
  outcome: Outcome,
  pid: number,
) => void;

export interface DispatcherEvents {
  readonly onRequest: OnRequest;
  /** Before `onRequest`: it failed on a connection that heard why. */
  readonly onFailed: (choice: Choice, outcome: string, connection: AppConnection) => void;
  readonly onReconnected: (downMs: number) => void;
  /** A bug: the load cannot go on. */
  readonly onError: (error: unknown) => void;
}

/** Hands requests to free connections, first come first served; what finds none waits for as long as it takes. */
export class Dispatcher {
  readonly #events: DispatcherEvents;
  readonly #idle: ConnectionSlot[] = [];
  readonly #queue = new RequestQueue<Due>();
  readonly #running = new Map<ConnectionSlot, Running>();
  /** Lost, and not yet open again. */
  readonly #reopening = new Set<ConnectionSlot>();
  #closed = false;
  #paused = false;
  #onDrained: (() => void) | undefined;

  constructor(events: DispatcherEvents) {
    this.#events = events;
  }

  /** A request is due. */
  arrive(intendedMs: number, choice: Choice): void {
    const slot = this.#idle.shift();
    if (slot) this.#start(intendedMs, choice, slot, intendedMs);
    else this.#queue.push({ intendedMs, choice });
  }

  /** A connection is free since `freeMs`. */
  release(slot: ConnectionSlot, freeMs: number): void {
    if (this.#closed) return;
    if (this.#paused) {
      slot.close().catch(this.#events.onError);
      return;
    }
    const due = this.#queue.shift();
    if (due) this.#start(due.intendedMs, due.choice, slot, Math.max(due.intendedMs, freeMs));
    else this.#idle.push(slot);
  }

  /** A connection was lost. While a request runs on it, the request's end takes care of that. */
  lost(slot: ConnectionSlot): void {
    const index = this.#idle.indexOf(slot);
    if (index < 0) return;
    this.#idle.splice(index, 1);
    this.reopen(slot);
  }

  /** Opens a lost connection again, and then has it free. */
  reopen(slot: ConnectionSlot): void {
    const refused = (sqlstate: string): void => {
      this.#refuse(sqlstate);
    };
    this.#reopening.add(slot);
    slot.reopen(refused).then(
      (downMs) => {
        this.#reopening.delete(slot);
        this.#events.onReconnected(downMs);
        this.release(slot, monotonicMs());
      },
      (error: unknown) => {
        if (!this.#closed) this.#events.onError(error);
      },
    );
  }

  /** As pools do: whoever waits for the connection that cannot be had gets the server's answer. */
  #refuse(sqlstate: string): void {
    const due = this.#closed ? undefined : this.#queue.shift();
    if (due === undefined) return;
    const nowMs = monotonicMs();
    this.#events.onRequest(due.intendedMs, nowMs, nowMs, nowMs, due.choice, sqlstate, 0);
    if (this.#queue.length === 0 && this.#running.size === 0) this.#onDrained?.();
  }

  isReopening(slot: ConnectionSlot): boolean {
    return this.#reopening.has(slot);
  }

  /** Nothing is sent any more, and what is under way is lost. No connection counts as free until it is released anew. */
  pause(): void {
    this.#paused = true;
    this.#idle.length = 0;
    const nowMs = monotonicMs();
    for (const { intendedMs, readyMs, sentMs, choice, pid } of this.#running.values())
      this.#events.onRequest(intendedMs, readyMs, sentMs, nowMs, choice, 'lost', pid);
    this.#running.clear();
    for (let due = this.#queue.shift(); due; due = this.#queue.shift())
      this.#events.onRequest(due.intendedMs, nowMs, nowMs, nowMs, due.choice, 'lost', 0);
  }

  resume(): void {
    this.#paused = false;
  }

  /** Intended times of all that wait. */
  waiting(): { queued: number[]; inFlight: number[] } {
    return {
      queued: this.#queue.items().map(({ intendedMs }) => intendedMs),
      inFlight: [...this.#running.values()].map(({ intendedMs }) => intendedMs),
    };
  }

  /** Resolves when nothing waits and nothing runs. */
  drained(): Promise<void> {
    if (this.#queue.length === 0 && this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => (this.#onDrained = resolve));
  }

  /** Writes off what is left, as `unfinished`, and returns how much it was. */
  close(): number {
    this.#closed = true;
    const nowMs = monotonicMs();
    const left = this.#queue.items();
    for (const [slot, { intendedMs, readyMs, sentMs, choice, pid }] of this.#running) {
      slot.run.cancel();
      this.#events.onRequest(intendedMs, readyMs, sentMs, nowMs, choice, 'unfinished', pid);
    }
    for (const { intendedMs, choice } of left)
      this.#events.onRequest(intendedMs, nowMs, nowMs, nowMs, choice, 'unfinished', 0);
    return this.#running.size + left.length;
  }

  #start(intendedMs: number, choice: Choice, slot: ConnectionSlot, readyMs: number): void {
    const sentMs = monotonicMs();
    const { connection } = slot;
    const running = { intendedMs, choice, readyMs, sentMs, pid: connection?.pid ?? 0 };
    this.#running.set(slot, running);
    if (connection && !connection.lost) {
      slot.run.start(choice, connection, (outcome) => {
        this.#ended(slot, running, outcome);
      });
    } else {
      setImmediate(() => {
        this.#ended(slot, running, 'lost');
      });
    }
  }

  #ended(slot: ConnectionSlot, running: Running, outcome: Outcome): void {
    if (this.#closed) return;
    const endMs = monotonicMs();
    const { intendedMs, readyMs, sentMs, choice, pid } = running;
    this.#running.delete(slot);
    if (outcome !== 0 && slot.connection) this.#events.onFailed(choice, outcome, slot.connection);
    this.#events.onRequest(intendedMs, readyMs, sentMs, endMs, choice, outcome, pid);
    if (outcome === 'lost' || slot.connection?.lost !== false) this.reopen(slot);
    else this.release(slot, endMs);
    if (this.#queue.length === 0 && this.#running.size === 0) this.#onDrained?.();
  }
}
