import { monotonicMs } from '../shared/clock.ts';
import type { ConnectionSlot } from './connection-slot.ts';
import type { Outcome } from './requests/request-run.ts';
import type { Choice } from './traffic/traffic-mix.ts';

/** The first part fills caches and prepares statements, and does not count. */
const COLD_SHARE = 0.3;
const LEAST_REQUESTS = 20;

/** How many requests the app answers well in a second. */
export interface Capacity {
  readonly perSec: number;
  /** So few were answered that it is less than this. */
  readonly isBelow: boolean;
}

interface ClosedLoopEvents {
  readonly next: () => Choice;
  /** A connection has come to the end of its last request, at a moment on the monotonic clock. */
  readonly onFree: (slot: ConnectionSlot, nowMs: number) => void;
  /** It lost its connection. */
  readonly onLost: (slot: ConnectionSlot) => void;
}

/** Keeps every connection busy, each with the next request as soon as the last one is answered: how much can be done. */
export class ClosedLoop {
  readonly #events: ClosedLoopEvents;
  readonly #resolve: (capacity: Capacity | undefined) => void;
  readonly #fromMs: number;
  readonly #toMs: number;
  #answered = 0;
  #failed = 0;
  #lastMs = 0;

  private constructor(
    durationMs: number,
    events: ClosedLoopEvents,
    resolve: (capacity: Capacity | undefined) => void,
  ) {
    const nowMs = monotonicMs();
    this.#fromMs = nowMs + COLD_SHARE * durationMs;
    this.#toMs = nowMs + durationMs;
    this.#events = events;
    this.#resolve = resolve;
  }

  /**
   * Resolves after `durationMs` with the requests that were answered well in a second, or what they were fewer than where
   * there were too few to tell; undefined where some of so few failed. Connections are given back one by one, when their last request has ended.
   */
  static measure(
    slots: readonly ConnectionSlot[],
    durationMs: number,
    events: ClosedLoopEvents,
  ): Promise<Capacity | undefined> {
    return new Promise((resolve) => {
      const loop = new ClosedLoop(durationMs, events, resolve);
      for (const slot of slots) loop.#start(slot);
      setTimeout(() => {
        loop.#finish();
      }, durationMs);
    });
  }

  #start(slot: ConnectionSlot): void {
    const { connection } = slot;
    if (!connection || connection.lost) {
      this.#events.onLost(slot);
      return;
    }
    const next = this.#events.next();
    slot.run.start(
      next,
      connection,
      (outcome) => {
        this.#ended(slot, outcome);
      },
      'calibration',
    );
  }

  #ended(slot: ConnectionSlot, outcome: Outcome): void {
    const nowMs = monotonicMs();
    if (outcome === 'lost' || slot.connection?.lost !== false) {
      this.#events.onLost(slot);
      return;
    }
    if (outcome === 0 && nowMs >= this.#fromMs && nowMs <= this.#toMs) {
      this.#answered++;
      this.#lastMs = nowMs;
    }
    if (outcome !== 0) this.#failed++;
    if (nowMs < this.#toMs) this.#start(slot);
    else this.#events.onFree(slot, nowMs);
  }

  #finish(): void {
    if (this.#answered >= LEAST_REQUESTS) {
      const seconds = (this.#lastMs - this.#fromMs) / 1000;
      this.#resolve({ perSec: this.#answered / seconds, isBelow: false });
    } else if (this.#failed === 0) {
      const seconds = (this.#toMs - this.#fromMs) / 1000;
      this.#resolve({ perSec: LEAST_REQUESTS / seconds, isBelow: true });
    } else {
      this.#resolve(undefined);
    }
  }
}
