const TICK_MS = 250;

export interface RestoreProgress {
  /** What is going on, such as `INDEX public.orders_total`. */
  readonly detail: string;
  /** 0..1 where it can be told. */
  readonly fraction: number | null;
}
export type OnProgress = (progress: RestoreProgress) => void;

/** Tells four times a second what is being restored, however fast the statements follow each other. */
export class ProgressTicker {
  detail = '';
  readonly #timer: NodeJS.Timeout;

  constructor(onProgress: OnProgress, fraction: () => number | null) {
    let last = '';
    this.#timer = setInterval(() => {
      const progress = { detail: this.detail, fraction: fraction() };
      const now = JSON.stringify(progress);
      if (now === last || this.detail === '') return;
      last = now;
      onProgress(progress);
    }, TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
