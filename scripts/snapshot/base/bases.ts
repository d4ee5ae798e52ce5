/** Restored databases that outlive their run: the next one with the same content begins on a copy. */
export interface Bases {
  /**
   * Puts a copy of the base in place of the server's data, and starts the server as the rehearsal configures it.
   * @param content all that a restored database depends on besides its server
   * @returns undefined where there is none; the server is as before then
   */
  use(content: string, signal: AbortSignal): Promise<ClonedBase | undefined>;
  /**
   * Keeps the server's data as a base, and starts the server as the rehearsal configures it.
   * @returns why it was not kept; undefined where it was
   */
  keep(base: RestoredBase, signal: AbortSignal): Promise<string | undefined>;
}

export interface ClonedBase {
  /** As they were kept. */
  readonly facts: unknown;
  readonly tookMs: number;
  /** What the restore took when it was made. */
  readonly madeInMs: number;
}

interface RestoredBase {
  readonly content: string;
  /** How messages call the snapshot. */
  readonly source: string;
  /** Fit for JSON. */
  readonly facts: unknown;
  readonly madeInMs: number;
}
