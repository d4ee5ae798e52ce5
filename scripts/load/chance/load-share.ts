/** One of the processes that share a load, on whichever host it is: it has every `of`-th request, beginning with `index`. */
export interface LoadShare {
  /** From 0. */
  readonly index: number;
  readonly of: number;
}

export const WHOLE: LoadShare = { index: 0, of: 1 };
