import { MessageChannel, Worker } from 'node:worker_threads';
import { monotonicMs } from '../../shared/clock.ts';
import { metronomeUrl } from '../forked-programs.ts';
import { WHOLE, type LoadShare } from './load-share.ts';
import { Random } from './random.ts';

const BLOCK_SIZE = 512;
/** Blocks handed out ahead, so that a stall of this thread never makes the metronome wait. */
const BLOCKS_AHEAD = 3;
/** The signal that ends the thread. */
const ENDED = -1;

/**
 * Poisson arrivals: gaps of exponential length, the same for the same seed however late anybody looks at them, and whoever
 * else has a share of them.
 */
export class ArrivalTimes {
  readonly #random: Random;
  readonly #meanGapMs: number;
  readonly #of: number;
  #nextMs: number;

  /** @param ratePerSec of the whole load */
  constructor(seed: number, ratePerSec: number, startMs: number, { index, of }: LoadShare = WHOLE) {
    this.#random = new Random(seed, 'arrivals');
    this.#meanGapMs = 1000 / ratePerSec;
    this.#of = of;
    this.#nextMs = startMs;
    this.#pass(index);
  }

  /** When the next request is due. */
  next(): number {
    const dueMs = (this.#nextMs += this.#gapMs());
    this.#pass(this.#of - 1);
    return dueMs;
  }

  /** Those of others. */
  #pass(count: number): void {
    for (let passed = 0; passed < count; passed++) this.#nextMs += this.#gapMs();
  }

  #gapMs(): number {
    return -Math.log(1 - this.#random.unit()) * this.#meanGapMs;
  }
}

/**
 * Calls `onDue` for each arrival as soon as it is due, from `start` to `stop`. A thread that does nothing but sleep wakes this
 * one up in time; whoever is awake anyway may `poll` and so spare an arrival that way.
 */
export class Metronome {
  readonly #signal = new Int32Array(new SharedArrayBuffer(4));
  readonly #channel = new MessageChannel();
  readonly #thread: Worker;
  readonly #onDue: (intendedMs: number) => void;
  #times: ArrivalTimes | undefined;
  /** The same times, as far as the thread has them. */
  #ahead: ArrivalTimes | undefined;
  #nextMs = Infinity;
  #handedOut = 0;

  /** Its thread takes a while to come up. @param onError the thread ended by itself */
  constructor(onDue: (intendedMs: number) => void, onError: (error: Error) => void) {
    this.#onDue = onDue;
    this.#thread = new Worker(metronomeUrl(), {
      workerData: { blocks: this.#channel.port2, signal: this.#signal },
      transferList: [this.#channel.port2],
      execArgv: [],
    });
    this.#thread.on('error', onError);
    this.#thread.on('exit', () => {
      if (Atomics.load(this.#signal, 0) !== ENDED) onError(new Error('the metronome ended by itself'));
    });
    this.#thread.on('message', () => {
      this.poll(monotonicMs());
    });
  }

  /** @param times a way to begin with the first arrival */
  start(times: () => ArrivalTimes): void {
    if (Atomics.load(this.#signal, 0) === ENDED) return;
    this.#ahead = times();
    this.#times = times();
    this.#nextMs = this.#times.next();
    this.#refill(this.#ahead);
  }

  /** Calls for everything that is due by now. */
  poll(nowMs: number): void {
    while (this.#nextMs <= nowMs && this.#times) {
      const dueMs = this.#nextMs;
      this.#nextMs = this.#times.next();
      this.#handedOut--;
      this.#onDue(dueMs);
    }
    if (this.#ahead) this.#refill(this.#ahead);
  }

  /** No further arrival from here on. */
  async stop(): Promise<void> {
    this.#times = undefined;
    this.#ahead = undefined;
    Atomics.store(this.#signal, 0, ENDED);
    Atomics.notify(this.#signal, 0);
    this.#channel.port1.close();
    await this.#thread.terminate();
  }

  #refill(ahead: ArrivalTimes): void {
    while (this.#handedOut < BLOCK_SIZE * BLOCKS_AHEAD) {
      const block = Float64Array.from({ length: BLOCK_SIZE }, () => ahead.next());
      this.#channel.port1.postMessage(block);
      this.#handedOut += BLOCK_SIZE;
      Atomics.add(this.#signal, 0, 1);
      Atomics.notify(this.#signal, 0);
    }
  }
}
