import type { StatementRecord } from '../../artifacts/records/records.ts';
import { formatMs, plural } from '../../shared/text/format.ts';

/**
 * What the terminal tells of a step's statements. Waits and holds are no part of it: they are computed from the whole evidence, and
 * whoever has a part of it would tell others.
 */
export class LiveFigures {
  /** By index: the last try is what a statement came to. */
  readonly #tookMs = new Map<number, number>();

  see({ index, sentMs, respondedMs }: StatementRecord): void {
    this.#tookMs.set(index, respondedMs - sentMs);
  }

  get summary(): string {
    const longestMs = Math.max(0, ...this.#tookMs.values());
    const { size } = this.#tookMs;
    return `${plural(size, 'statement')}${size > 1 ? ', the longest' : ' in'} ${formatMs(longestMs)}`;
  }
}
