/** Restored databases that outlive their run: the next one with the same content begins on a copy. */
export interface Bases {
  /** What this run's server holds, as `baseContent` names it. */
  readonly content: string;
  /** The base that the server began on a copy of; undefined where there was none. */
  readonly begun: ClonedBase | undefined;
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

export interface RestoredBase {
  /** How messages call the snapshot. */
  readonly source: string;
  /** Fit for JSON. */
  readonly facts: unknown;
  readonly madeInMs: number;
}
