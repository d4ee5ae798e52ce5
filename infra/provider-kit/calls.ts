/** The calls of the engine that are being worked on, and the one switch that stops them all. */
export class Calls {
  private readonly stop = new AbortController();
  private readonly running = new Set<Promise<unknown>>();

  /** Works on one call. The signal is aborted, with an Error as its reason, when the engine cancels or is gone. */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.stop.signal.throwIfAborted();
    const call = work(this.stop.signal);
    this.running.add(call);
    try {
      return await call;
    } finally {
      this.running.delete(call);
    }
  }

  /** Stops what runs, and whatever should start later. */
  cancel(why: string): void {
    this.stop.abort(new Error(why));
  }

  /** Resolves when no call is being worked on. */
  async idle(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }
}
