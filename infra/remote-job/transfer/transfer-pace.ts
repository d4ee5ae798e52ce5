import { monotonicMs } from '../../../scripts/shared/clock.ts';

export interface TransferProgress {
  /** What is on the host, be it sent now or found there. */
  readonly bytes: number;
  readonly totalBytes: number;
  /** Of the last seconds. */
  readonly bytesPerSec: number;
  /** Null while nothing moves. */
  readonly etaMs: number | null;
}

const REPORT_MS = 250;
const WINDOW_MS = 5_000;

/** How far several files have come, and how fast. Reports at most four times a second, and once at the end. */
export class TransferPace {
  #totalBytes: number;
  readonly #expected = new Map<string, number>();
  readonly #onProgress: (progress: TransferProgress) => void;
  readonly #positions = new Map<string, number>();
  #samples: { readonly atMs: number; readonly sentBytes: number }[] = [{ atMs: monotonicMs(), sentBytes: 0 }];
  #bytes = 0;
  #sentBytes = 0;
  #reportedMs = 0;

  constructor(totalBytes: number, onProgress: (progress: TransferProgress) => void) {
    this.#totalBytes = totalBytes;
    this.#onProgress = onProgress;
  }

  /** `file`, which the total does not hold, is of that size, or at least. */
  expect(file: string, sizeBytes: number): void {
    this.#totalBytes += sizeBytes - (this.#expected.get(file) ?? 0);
    this.#expected.set(file, sizeBytes);
  }

  /** `file` has come to `position`; `sentBytes` of the way since its last position were sent, the rest was there. */
  moved(file: string, position: number, sentBytes: number): void {
    this.#bytes += position - (this.#positions.get(file) ?? 0);
    this.#positions.set(file, position);
    this.#sentBytes += sentBytes;
    const nowMs = monotonicMs();
    if (nowMs - this.#reportedMs >= REPORT_MS) this.#report(nowMs);
  }

  finished(): void {
    this.#report(monotonicMs());
  }

  #report(nowMs: number): void {
    this.#reportedMs = nowMs;
    this.#samples.push({ atMs: nowMs, sentBytes: this.#sentBytes });
    this.#samples = this.#samples.filter(({ atMs }, at) => at === 0 || nowMs - atMs <= WINDOW_MS);
    // The first one stays as long as it is the only one to count from.
    if (this.#samples.length > 2 && nowMs - (this.#samples[0]?.atMs ?? nowMs) > WINDOW_MS)
      this.#samples.shift();
    const oldest = this.#samples[0] ?? { atMs: nowMs, sentBytes: 0 };
    const seconds = Math.max(nowMs - oldest.atMs, 1) / 1000;
    const bytesPerSec = (this.#sentBytes - oldest.sentBytes) / seconds;
    const left = this.#totalBytes - this.#bytes;
    const etaMs = left <= 0 ? 0 : bytesPerSec > 0 ? (left / bytesPerSec) * 1000 : null;
    this.#onProgress({ bytes: this.#bytes, totalBytes: this.#totalBytes, bytesPerSec, etaMs });
  }
}
