import { Pace } from './sources/pace.ts';

const TICK_MS = 250;

interface RestoreProgress {
  /** What is going on, such as `INDEX public.orders_total`. */
  readonly detail: string;
  /** 0..1 where it can be told. */
  readonly fraction: number | null;
  /** Of the source's bytes; null where nothing is read. */
  readonly bytesPerSec: number | null;
  /** Until the source is read to its end; null where that cannot be told. */
  readonly etaMs: number | null;
}
export type OnProgress = (progress: RestoreProgress) => void;

/** How far the reading of a source is. */
export interface ReadSoFar {
  readonly bytes: number;
  /** Null = nobody knows. */
  readonly totalBytes: number | null;
}

/** Tells four times a second what is being restored, however fast the statements follow each other. */
export class ProgressTicker {
  detail = '';
  readonly #timer: NodeJS.Timeout;
  readonly #pace = new Pace();

  /** @param read undefined while nothing is being read */
  constructor(onProgress: OnProgress, read: () => ReadSoFar | undefined) {
    let last = '';
    this.#timer = setInterval(() => {
      const progress = { detail: this.detail, ...this.#reading(read()) };
      const now = JSON.stringify(progress);
      if (now === last || this.detail === '') return;
      last = now;
      onProgress(progress);
    }, TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #reading(read: ReadSoFar | undefined): Omit<RestoreProgress, 'detail'> {
    // What follows the last byte (indexes, mostly) has no size: nobody can tell how far it is.
    if (read === undefined || read.bytes === read.totalBytes)
      return { fraction: null, bytesPerSec: null, etaMs: null };
    const bytesPerSec = this.#pace.at(read.bytes);
    if (read.totalBytes === null) return { fraction: null, bytesPerSec, etaMs: null };
    const left = read.totalBytes - read.bytes;
    const etaMs = bytesPerSec === null || bytesPerSec === 0 ? null : (left / bytesPerSec) * 1000;
    return { fraction: read.bytes / read.totalBytes, bytesPerSec, etaMs };
  }
}
