import type { WaitTier } from '../artifacts/records/wait-records.ts';
import type { Asker } from '../pg/asker.ts';
import type { TracerNews } from '../tracing/lock-tracer.ts';

/** What a source tells; times on the clock of `monotonicMs`. */
export type WaitNews = Pick<TracerNews, 'onWait' | 'onGrant' | 'onRelease' | 'onEnd'>;

/** Something that makes the server itself tell of its waits. */
export interface WaitSource {
  /** To how many milliseconds it knows the ends of a wait, where that is not as for all of its kind. */
  readonly resolutionMs?: number;
  /** From here on tell when this backend gives back its locks. */
  follow(pid: number): Promise<void>;
  /** Tells what it still has, and takes everything back. */
  stop(): Promise<void>;
}

/** One way to have such a source. */
export interface WaitSourceKind {
  readonly tier: WaitTier;
  /** To how many milliseconds it knows the ends of a wait. */
  readonly resolutionMs: number;
  /** How often it is enough beside it to look who waits for whom. */
  readonly pollMs: number;
  /** @throws Error saying in one phrase why it cannot be had here */
  open(client: Asker, news: WaitNews): Promise<WaitSource>;
}
