import { monotonicMs } from '../shared/clock.ts';
import type { ConnectionSlot } from './connection-slot.ts';
import type { Outcome } from './requests/request-run.ts';
import type { Choice } from './traffic/traffic-mix.ts';

/** The first part fills caches and prepares statements, and does not count. */
const COLD_SHARE = 0.3;
const LEAST_REQUESTS = 20;

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
  readonly #resolve: (perSec: number | undefined) => void;
  readonly #fromMs: number;
  readonly #toMs: number;
  #answered = 0;
  #lastMs = 0;

  private constructor(
    durationMs: number,
    events: ClosedLoopEvents,
    resolve: (perSec: number | undefined) => void,
  ) {
    const nowMs = monotonicMs();
    this.#fromMs = nowMs + COLD_SHARE * durationMs;
    this.#toMs = nowMs + durationMs;
    this.#events = events;
    this.#resolve = resolve;
  }

  /**
   * Resolves after `durationMs` with the requests that were answered well in a second; undefined where there were too few
   * to tell. Connections are given back one by one, when their last request has ended.
   */
  static measure(
    slots: readonly ConnectionSlot[],
    durationMs: number,
    events: ClosedLoopEvents,
  ): Promise<number | undefined> {
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
    if (nowMs < this.#toMs) this.#start(slot);
    else this.#events.onFree(slot, nowMs);
  }

  #finish(): void {
    const seconds = (this.#lastMs - this.#fromMs) / 1000;
    this.#resolve(this.#answered < LEAST_REQUESTS ? undefined : this.#answered / seconds);
  }
}
