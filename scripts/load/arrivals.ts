import { MessageChannel, Worker } from 'node:worker_threads';
import { metronomeUrl } from './programs.ts';
import { Random } from './random.ts';

const BLOCK_SIZE = 512;
/** Blocks handed out ahead, so that a stall of this thread never makes the metronome wait. */
const BLOCKS_AHEAD = 3;

/** Poisson arrivals: gaps of exponential length, the same for the same seed however late anybody looks at them. */
export class ArrivalTimes {
  readonly #random: Random;
  readonly #meanGapMs: number;
  #nextMs: number;

  /** @param part one of several streams whose sum is Poisson again */
  constructor(seed: number, ratePerSec: number, startMs: number, part = 0) {
    this.#random = new Random(seed, 'arrivals', part);
    this.#meanGapMs = 1000 / ratePerSec;
    this.#nextMs = startMs;
  }

  /** When the next request is due. */
  next(): number {
    this.#nextMs += -Math.log(1 - this.#random.unit()) * this.#meanGapMs;
    return this.#nextMs;
  }
}

/** Calls `onDue` for each arrival as soon as it is due, from `start` to `stop`. */
export class Metronome {
  #times: ArrivalTimes | undefined;
  readonly #signal = new Int32Array(new SharedArrayBuffer(4));
  readonly #channel = new MessageChannel();
  readonly #thread: Worker;
  #handedOut = 0;
  #stopped = false;

  /** Its thread takes a while to come up. @param onError the thread ended by itself */
  constructor(onDue: (intendedMs: number) => void, onError: (error: Error) => void) {
    this.#thread = new Worker(metronomeUrl(), {
      workerData: { blocks: this.#channel.port2, signal: this.#signal },
      transferList: [this.#channel.port2],
      execArgv: [],
    });
    this.#thread.on('error', onError);
    this.#thread.on('exit', () => {
      if (!this.#stopped) onError(new Error('the metronome ended by itself'));
    });
    this.#thread.on('message', (batch: number[]) => {
      if (this.#stopped) return;
      this.#handedOut -= batch.length;
      this.#refill();
      for (const intendedMs of batch) onDue(intendedMs);
    });
  }

  start(times: ArrivalTimes): void {
    this.#times = times;
    this.#refill();
  }

  /** No further arrival from here on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    Atomics.store(this.#signal, 0, -1);
    Atomics.notify(this.#signal, 0);
    this.#channel.port1.close();
    await this.#thread.terminate();
  }

  #refill(): void {
    const times = this.#times;
    while (times && this.#handedOut < BLOCK_SIZE * BLOCKS_AHEAD) {
      const block = Float64Array.from({ length: BLOCK_SIZE }, () => times.next());
      this.#channel.port1.postMessage(block);
      this.#handedOut += BLOCK_SIZE;
      Atomics.add(this.#signal, 0, 1);
      Atomics.notify(this.#signal, 0);
    }
  }
}
